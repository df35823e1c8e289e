package io.m365mail.config;

import static io.m365mail.config.ValueTypes.choice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code type=smtp-auth}: a mailbox's SMTP AUTH client submission. */
final class SmtpAuthType implements ConfigType<TransportConfig> {
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
                TokenOptions.TENANT_ID,
                TokenOptions.CLIENT_ID,
                TokenOptions.CLIENT_SECRET,
                TokenOptions.CLIENT_CERTIFICATE,
                TokenOptions.CLIENT_CERTIFICATE_PASSWORD,
                TokenOptions.AUTHORITY,
                SCOPE,
                TokenOptions.PASSWORD,
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
                s.get(TokenOptions.PASSWORD),
                s.get(TokenOptions.TENANT_ID),
                s.get(TokenOptions.CLIENT_ID),
                s.get(TokenOptions.CLIENT_SECRET),
                s.get(TokenOptions.CLIENT_CERTIFICATE),
                s.get(TokenOptions.CLIENT_CERTIFICATE_PASSWORD),
                TokenOptions.authority(s, cloud),
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
            TokenOptions.checkLogin(s, SCOPE);
        } else {
            TokenOptions.checkToken(s, transport.authority(), transport.clientId(), transport.clientSecret());
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
}
