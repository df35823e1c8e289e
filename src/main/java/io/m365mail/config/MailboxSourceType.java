package io.m365mail.config;

import static io.m365mail.config.ValueTypes.choice;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code type=mailbox}: read over IMAP or POP3. Its checks keep it from being an open relay (anybody can write to a
 * mailbox), from sending to itself, and passwords and tokens from travelling in clear.
 */
final class MailboxSourceType implements ConfigType<SourceConfig> {
    private static final Option<String> PROTOCOL = Option.of(
            "protocol", choice("imap", "pop3"), "imap", "imap can put messages into folders, pop3 only delete them");
    private static final Option<String> HOST = Option.of(
            "host", ValueTypes.HOST, Cloud.WORLDWIDE.mailboxHost(), "name of the server; cloud changes the default");
    private static final Option<Integer> PORT = Option.derived(
            "port",
            ValueTypes.PORT,
            "993 for imap and 995 for pop3 with tls=implicit, else 143 and 110",
            "port of the server");
    private static final Option<String> TLS = Option.of(
            "tls",
            choice("implicit", "starttls", "off"),
            "implicit",
            "implicit: TLS from the first byte; starttls: required; off: in clear, with auth=login or on loopback only");
    private static final Option<Path> TRUST_STORE =
            Option.optional("trust-store", ValueTypes.PATH, "PKCS#12 file with the CAs to trust instead of the JDK's");
    private static final Option<Secret> TRUST_STORE_PASSWORD =
            Option.optional("trust-store-password", ValueTypes.SECRET, "password of the trust store");
    private static final Option<Cloud> CLOUD = Option.of(
            "cloud",
            Cloud.VALUE,
            "worldwide",
            "Microsoft's cloud that the tenant is in: sets host, authority and scope; worldwide is GCC too");
    static final Option<String> MAILBOX =
            Option.required("mailbox", ValueTypes.ADDRESS, "address of the mailbox that is read");
    private static final Option<String> USERNAME =
            Option.derived("username", ValueTypes.TEXT, "the mailbox", "login name");
    private static final Option<String> AUTH = Option.of(
            "auth",
            choice("xoauth2", "login"),
            "xoauth2",
            "xoauth2: a token for an app of the tenant; login: a password (not at Exchange Online)");
    private static final Option<String> SCOPE = Option.of(
            "scope",
            ValueTypes.TEXT,
            Cloud.WORLDWIDE.scope(),
            "scope of the token (permission IMAP.AccessAsApp or POP.AccessAsApp); cloud changes the default");
    private static final Option<String> FOLDER =
            Option.of("folder", ValueTypes.TEXT, "INBOX", "folder that is read; imap");
    private static final Option<Duration> POLL_INTERVAL =
            Option.of("poll-interval", ValueTypes.DURATION, "30s", "between two looks into the mailbox");
    private static final Option<String> AFTER = Option.of(
            "after",
            choice("delete", "move", "seen"),
            "delete",
            "what becomes of a message that was taken: deleted, moved to after-folder, or marked as read, in which case"
                    + " only unread messages are taken");
    private static final Option<String> AFTER_FOLDER =
            Option.optional("after-folder", ValueTypes.TEXT, "folder for after=move; made where it is missing");
    private static final Option<String> ASIDE_FOLDER = Option.of(
            "aside-folder",
            ValueTypes.TEXT,
            "Aside",
            "where a message goes that is not taken, for a person to look at; with pop3 it stays where it is");
    private static final Option<Boolean> BOUNCES = Option.of(
            "bounces",
            ValueTypes.BOOLEAN,
            "true",
            "reports of failed delivery (RFC 3464) tell what became of the submission that they belong to");
    private static final Option<List<String>> TO = Option.of(
            "to",
            ListTypes.ADDRESSES_OR_HEADER,
            "",
            "who gets the mail that is passed on: addresses, or the word header for the message's own To and Cc; empty"
                    + " passes nothing on");
    private static final Option<List<String>> RECIPIENTS = Option.of(
            "recipients",
            ListTypes.PATTERNS,
            "",
            "addresses allowed with to=header, patterns or file:PATH; others of the message get nothing");
    private static final Option<String> FROM = Option.derived(
            "from",
            ValueType.of("mail address or header", MailboxSourceType::parseFrom),
            "the mailbox",
            "envelope sender of mail that is passed on: an address, or the word header for the message's own From");
    private static final Option<Long> MAX_MESSAGE_SIZE =
            Option.of("max-message-size", ValueTypes.SIZE, "150MiB", "largest message taken");

    static final String HEADER = "header";

    @Override
    public String type() {
        return "mailbox";
    }

    @Override
    public String about() {
        return "a mailbox that is read over IMAP or POP3: bounces, and mail to pass on";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(
                PROTOCOL,
                HOST,
                PORT,
                TLS,
                TRUST_STORE,
                TRUST_STORE_PASSWORD,
                CLOUD,
                MAILBOX,
                USERNAME,
                AUTH,
                TokenOptions.TENANT_ID,
                TokenOptions.CLIENT_ID,
                TokenOptions.CLIENT_SECRET,
                TokenOptions.CLIENT_CERTIFICATE,
                TokenOptions.CLIENT_CERTIFICATE_PASSWORD,
                TokenOptions.AUTHORITY,
                SCOPE,
                TokenOptions.PASSWORD,
                FOLDER,
                POLL_INTERVAL,
                AFTER,
                AFTER_FOLDER,
                ASIDE_FOLDER,
                BOUNCES,
                TO,
                RECIPIENTS,
                FROM,
                MAX_MESSAGE_SIZE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        Cloud cloud = s.get(CLOUD);
        SourceConfig.Server server = server(s, cloud);
        MailboxLogin login = login(s, cloud);
        SourceConfig.Forward forward = forward(s, login.mailbox());
        if (login.byToken()) {
            TokenOptions.checkToken(s, login.authority(), login.clientId(), login.clientSecret());
        } else {
            TokenOptions.checkLogin(s, SCOPE);
        }
        if (server.tls().equals("off") && login.byToken() && !Networks.isLoopback(server.host())) {
            s.mistake(TLS, "the token would cross the network in clear", "Use tls=implicit, the default");
        }
        checkFolders(s, server.protocol());
        if (forward == null && !s.get(BOUNCES) && !s.isBad(TO) && !s.isBad(BOUNCES)) {
            s.mistake(TO, "nothing would be done with the mail: bounces is false and to is empty", "Set one of them");
        }
        return new SourceConfig.Mailbox(
                name,
                server,
                login,
                s.get(FOLDER),
                s.get(POLL_INTERVAL),
                new SourceConfig.After(s.get(AFTER), s.get(AFTER_FOLDER)),
                s.get(ASIDE_FOLDER),
                s.get(BOUNCES),
                forward,
                s.get(MAX_MESSAGE_SIZE));
    }

    private static SourceConfig.Server server(Section s, Cloud cloud) {
        KeyStores.checkTrust(s, TRUST_STORE, TRUST_STORE_PASSWORD);
        String protocol = s.get(PROTOCOL);
        boolean implicit = s.get(TLS).equals("implicit");
        int usual = protocol.equals("imap") ? (implicit ? 993 : 143) : implicit ? 995 : 110;
        return new SourceConfig.Server(
                protocol,
                s.has(HOST) ? s.get(HOST) : cloud.mailboxHost(),
                s.has(PORT) && !s.isBad(PORT) ? s.get(PORT) : usual,
                s.get(TLS),
                s.get(TRUST_STORE),
                s.get(TRUST_STORE_PASSWORD));
    }

    private static MailboxLogin login(Section s, Cloud cloud) {
        String mailbox = s.get(MAILBOX);
        return new MailboxLogin(
                mailbox,
                s.has(USERNAME) ? s.get(USERNAME) : mailbox,
                s.get(AUTH),
                s.get(TokenOptions.PASSWORD),
                s.get(TokenOptions.TENANT_ID),
                s.get(TokenOptions.CLIENT_ID),
                s.get(TokenOptions.CLIENT_SECRET),
                s.get(TokenOptions.CLIENT_CERTIFICATE),
                s.get(TokenOptions.CLIENT_CERTIFICATE_PASSWORD),
                TokenOptions.authority(s, cloud),
                s.has(SCOPE) ? s.get(SCOPE) : cloud.scope());
    }

    private static SourceConfig.Forward forward(Section s, String mailbox) {
        List<String> to = s.get(TO);
        List<String> recipients = s.get(RECIPIENTS);
        boolean header = to.equals(List.of(HEADER));
        if (to.isEmpty()) {
            s.useless(RECIPIENTS, "an empty to");
            s.useless(FROM, "an empty to");
            return null;
        }
        if (header && recipients.isEmpty() && !s.isBad(RECIPIENTS)) {
            s.mistake(
                    RECIPIENTS,
                    "with to=header and no recipients, whoever can write to the mailbox could send to anybody: an open"
                            + " relay",
                    "List who may get mail, such as *@contoso.com");
        } else if (!header) {
            s.useless(RECIPIENTS, "addresses in to");
        }
        if (to.stream().anyMatch(a -> a.equalsIgnoreCase(mailbox))) {
            s.mistake(TO, "the mailbox would get its own mail again and again", "Name other addresses than its own");
        }
        String from = s.get(FROM);
        return new SourceConfig.Forward(
                header ? List.of() : to, recipients, from == null ? mailbox : from.equals(HEADER) ? null : from);
    }

    private static void checkFolders(Section s, String protocol) {
        if (protocol.equals("pop3")) {
            for (Option<?> o : List.of(FOLDER, AFTER_FOLDER, ASIDE_FOLDER)) {
                s.useless(o, "protocol=pop3");
            }
            if (!s.get(AFTER).equals("delete")) {
                s.mistake(AFTER, "POP3 has neither folders nor marks", "Use after=delete, or protocol=imap");
            }
        } else if (s.get(AFTER).equals("move")) {
            s.needed(AFTER_FOLDER, "after=move");
        } else {
            s.useless(AFTER_FOLDER, "after=" + s.get(AFTER));
        }
    }

    private static String parseFrom(String text) throws ValueException {
        return text.equals(HEADER) ? text : ValueTypes.parseAddress(text);
    }
}
