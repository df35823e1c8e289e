package io.m365mail.config;

import static io.m365mail.config.ValueTypes.SECRET;
import static io.m365mail.config.ValueTypes.choice;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code type=smtp-auth}: a mailbox's SMTP AUTH client submission. */
final class SmtpAuthType implements ConfigType<TransportConfig> {
    private static final String GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final TransportOptions COMMON = TransportOptions.with(
            Option.of(
                    "host",
                    ValueTypes.HOST,
                    Cloud.WORLDWIDE.submissionHost(),
                    "name of the server; cloud and preset change the default"),
            new TransportOptions.Defaults("587", "require", "30", "3", "10000", "500", "0", "150MiB"));

    private static final Option<Cloud> CLOUD = Option.of(
            "cloud",
            Cloud.VALUE,
            "worldwide",
            "Microsoft's cloud that the tenant is in: sets host, authority and scope; worldwide is GCC too");
    private static final Option<String> PRESET = Option.of(
            "preset",
            choice("mailbox", HighVolume.KEY),
            "mailbox",
            "mailbox: an ordinary mailbox and its limits; hve: an account of High Volume Email, which reaches"
                    + " recipients in m365.domains only, with its host, scope and limits");

    static final Option<String> MAILBOX =
            Option.required("mailbox", ValueTypes.ADDRESS, "address of the mailbox that logs in and sends");
    private static final Option<String> AUTH = Option.of(
            "auth",
            choice("xoauth2", "login"),
            "xoauth2",
            "xoauth2: a token for an app of the tenant; login: the mailbox's password (Basic, being retired)");
    private static final Option<Secret> PASSWORD =
            Option.optional("password", SECRET, "password of the mailbox, for auth=login");
    private static final Option<String> TENANT_ID = Option.optional(
            "tenant-id", ValueType.of("tenant", SmtpAuthType::parseTenant), "tenant's id, or one of its domains");
    private static final Option<String> CLIENT_ID =
            Option.optional("client-id", ValueTypes.TEXT, "application (client) id of the app");
    private static final Option<Secret> CLIENT_SECRET =
            Option.optional("client-secret", SECRET, "Value of the app's client secret, not its ID");
    private static final Option<Path> CLIENT_CERTIFICATE = Option.optional(
            "client-certificate",
            ValueTypes.PATH,
            "PKCS#12 file with the app's certificate and key, instead of a secret");
    private static final Option<Secret> CLIENT_CERTIFICATE_PASSWORD =
            Option.optional("client-certificate-password", SECRET, "password of that file");
    private static final Option<URI> AUTHORITY = Option.of(
            "authority",
            ValueTypes.HTTP_URL,
            Cloud.WORLDWIDE.authority(),
            "where tokens come from; cloud changes the default; plain http on loopback only");
    private static final Option<String> SCOPE = Option.of(
            "scope",
            ValueTypes.TEXT,
            Cloud.WORLDWIDE.scope(),
            "scope of the token (permission SMTP.SendAsApp); cloud and preset change the default");
    private static final Option<List<String>> SENDERS = Option.derived(
            "senders", ListTypes.PATTERNS, "the mailbox", "senders that may use it, patterns or file:PATH");
    private static final Option<String> REWRITE = Option.of(
            "rewrite",
            choice("never", "from"),
            "never",
            "from: the mailbox becomes envelope sender and From, the original goes to Reply-To");

    @Override
    public String type() {
        return "smtp-auth";
    }

    @Override
    public String about() {
        return "a mailbox of Exchange Online (SMTP AUTH client submission)";
    }

    @Override
    public List<Option<?>> options() {
        List<Option<?>> all = new ArrayList<>(List.of(
                CLOUD,
                PRESET,
                MAILBOX,
                AUTH,
                TENANT_ID,
                CLIENT_ID,
                CLIENT_SECRET,
                CLIENT_CERTIFICATE,
                CLIENT_CERTIFICATE_PASSWORD,
                AUTHORITY,
                SCOPE,
                PASSWORD,
                SENDERS,
                REWRITE));
        all.addAll(COMMON.all());
        return all;
    }

    @Override
    public TransportConfig bind(String name, Section s, Path data) {
        String mailbox = s.get(MAILBOX);
        Cloud cloud = s.get(CLOUD);
        boolean highVolume = s.get(PRESET).equals(HighVolume.KEY);
        TransportConfig.Target target = COMMON.target(s);
        if (!s.has(COMMON.host())) {
            target = target.withHost(highVolume ? Cloud.HIGH_VOLUME_HOST : cloud.submissionHost());
        }
        TransportConfig.Limits limits = highVolume ? HighVolume.limits(s, COMMON) : COMMON.limits(s);
        List<String> senders = s.get(SENDERS);
        TransportConfig.SmtpAuth transport = new TransportConfig.SmtpAuth(
                name,
                target,
                limits,
                mailbox,
                s.get(AUTH),
                s.get(PASSWORD),
                s.get(TENANT_ID),
                s.get(CLIENT_ID),
                s.get(CLIENT_SECRET),
                s.get(CLIENT_CERTIFICATE),
                s.get(CLIENT_CERTIFICATE_PASSWORD),
                s.has(AUTHORITY) ? String.valueOf(s.get(AUTHORITY)) : cloud.authority(),
                s.has(SCOPE) ? s.get(SCOPE) : highVolume ? HighVolume.SCOPE : cloud.scope(),
                senders != null || mailbox == null ? senders : List.of(mailbox),
                s.get(REWRITE).equals("from"),
                highVolume,
                List.of());
        checkTarget(s, target);
        if (highVolume) {
            HighVolume.check(s, COMMON, PRESET, cloud, limits);
        }
        ExchangeOnline.check(s, COMMON, transport);
        if (transport.auth().equals("login")) {
            checkLogin(s);
        } else {
            checkToken(s, transport);
        }
        return transport;
    }

    private static void checkTarget(Section s, TransportConfig.Target target) {
        boolean loopback = Networks.isLoopback(target.host());
        if (Networks.isIp(target.host()) && !loopback) {
            s.mistake(
                    COMMON.host(),
                    "a mailbox transport needs the DNS name: Exchange Online's addresses change and its certificate"
                            + " carries names",
                    "Use smtp.office365.com, the default");
        }
        if (!loopback && (target.tls().equals("off") || target.tls().equals("opportunistic"))) {
            s.mistake(
                    COMMON.tls(),
                    "the login would cross the network in clear, at least when somebody strips STARTTLS",
                    "Use tls=require, the default");
        }
    }

    private static void checkLogin(Section s) {
        s.needed(PASSWORD, "auth=login");
        for (Option<?> o : List.of(
                TENANT_ID,
                CLIENT_ID,
                CLIENT_SECRET,
                CLIENT_CERTIFICATE,
                CLIENT_CERTIFICATE_PASSWORD,
                AUTHORITY,
                SCOPE)) {
            s.useless(o, "auth=login");
        }
    }

    private static void checkToken(Section s, TransportConfig.SmtpAuth t) {
        s.needed(TENANT_ID, "auth=xoauth2");
        s.needed(CLIENT_ID, "auth=xoauth2");
        s.useless(PASSWORD, "auth=xoauth2");
        if (s.has(CLIENT_SECRET) && s.has(CLIENT_CERTIFICATE)) {
            s.mistake(CLIENT_SECRET, "both a client secret and a client certificate are set", "Keep one of the two");
        } else if (!s.has(CLIENT_CERTIFICATE)) {
            s.needed(CLIENT_SECRET, "auth=xoauth2 without client-certificate");
        }
        KeyStores.checkKey(s, CLIENT_CERTIFICATE, CLIENT_CERTIFICATE_PASSWORD);
        checkIds(s, t);
    }

    /** Mistakes that Entra answers with AADSTS700016 and AADSTS7000215; a stand-in on loopback has ids of its own. */
    private static void checkIds(Section s, TransportConfig.SmtpAuth t) {
        if (t.authority().startsWith("http:")) {
            return;
        }
        if (t.clientId() != null && !t.clientId().matches(GUID)) {
            s.mistake(CLIENT_ID, "not an application (client) id", "Copy it from the app's overview page in Entra");
        }
        if (t.clientSecret() != null && t.clientSecret().reveal().matches(GUID)) {
            s.mistake(
                    CLIENT_SECRET,
                    "this looks like the secret's ID, not its Value",
                    "Copy the Value, which Entra shows " + "once after creating the secret");
        }
    }

    private static String parseTenant(String text) throws ValueException {
        return text.matches(GUID) ? text : ValueTypes.parseHostName(text);
    }
}
