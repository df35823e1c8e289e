package io.m365mail.config;

import static io.m365mail.config.ValueTypes.BOOLEAN;
import static io.m365mail.config.ValueTypes.SECRET;
import static io.m365mail.config.ValueTypes.choice;
import static io.m365mail.config.ValueTypes.integer;

import java.nio.file.Path;
import java.util.List;

/** {@code type=smtp}: a listener. Its checks keep it from being an open relay and passwords from travelling in clear. */
final class SmtpSourceType implements ConfigType<SourceConfig> {
    private static final Option<String> ADDRESS =
            Option.of("address", ValueTypes.IP, "127.0.0.1", "IP address to listen on; 0.0.0.0 is every IPv4 address");
    static final Option<Integer> PORT =
            Option.of("port", ValueTypes.LISTEN_PORT, "2525", "port to listen on; 0 takes a free one");
    private static final Option<List<String>> NETWORKS = Option.of(
            "networks",
            ListTypes.NETWORKS,
            "127.0.0.0/8, ::1/128",
            "clients that may submit without a login; empty lets none");
    private static final Option<List<SourceConfig.User>> USERS = Option.of(
            "users",
            ListTypes.USERS,
            "",
            "logins that may submit: name:password with commas between, or file:PATH with one a line; needs tls");
    private static final Option<List<String>> SENDERS = Option.of(
            "senders",
            ListTypes.PATTERNS,
            "",
            "addresses allowed in MAIL FROM, patterns or file:PATH; empty allows all");
    private static final Option<List<String>> RECIPIENTS = Option.of(
            "recipients",
            ListTypes.PATTERNS,
            "",
            "addresses allowed in RCPT TO, patterns or file:PATH; empty allows all");
    private static final Option<Integer> RATE = Option.of(
            "rate",
            integer("rate", 0, 1_000_000),
            "0",
            "messages a minute for each client address or login; 0 is no limit");
    private static final Option<String> TLS = Option.of(
            "tls",
            choice("off", "starttls", "require", "implicit"),
            "off",
            "starttls offers it, require refuses MAIL before it, implicit speaks it from the first byte");
    private static final Option<String> TLS_MIN =
            Option.of("tls-min", choice("TLSv1.2", "TLSv1.3"), "TLSv1.2", "oldest TLS version accepted");
    private static final Option<Path> KEY_STORE =
            Option.optional("key-store", ValueTypes.PATH, "PKCS#12 file with the listener's certificate and key");
    private static final Option<Secret> KEY_STORE_PASSWORD =
            Option.optional("key-store-password", SECRET, "password of the key store");
    private static final Option<Long> MAX_MESSAGE_SIZE = Option.of(
            "max-message-size", ValueTypes.SIZE, "150MiB", "largest message taken, advertised with SIZE (RFC 1870)");
    private static final Option<Integer> MAX_RECIPIENTS = Option.of(
            "max-recipients",
            integer("number of recipients", 100, 100_000),
            "1000",
            "recipients of one message; RFC 5321 asks for 100 at least");
    private static final Option<Integer> MAX_CONNECTIONS = Option.of(
            "max-connections", integer("number of connections", 1, 100_000), "200", "clients connected at a time");
    private static final Option<Boolean> PROXY_PROTOCOL = Option.of(
            "proxy-protocol", BOOLEAN, "false", "expect the PROXY header (v1 or v2) of a load balancer first");
    private static final Option<Boolean> HEADER_PRIORITY = Option.of(
            "header-priority",
            BOOLEAN,
            "true",
            "a message's X-Priority, Importance or Priority decides its place in the transport's queue");
    private static final Option<String> REFUSE = Option.of(
            "refuse",
            choice("rcpt", "dead-letter"),
            "rcpt",
            "what no transport can carry is refused at RCPT, or accepted and kept as a dead letter");

    @Override
    public String type() {
        return "smtp";
    }

    @Override
    public String about() {
        return "a listener for devices and applications";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(
                ADDRESS,
                PORT,
                NETWORKS,
                USERS,
                SENDERS,
                RECIPIENTS,
                RATE,
                TLS,
                TLS_MIN,
                KEY_STORE,
                KEY_STORE_PASSWORD,
                MAX_MESSAGE_SIZE,
                MAX_RECIPIENTS,
                MAX_CONNECTIONS,
                PROXY_PROTOCOL,
                HEADER_PRIORITY,
                REFUSE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        SourceConfig.Smtp source = new SourceConfig.Smtp(
                name,
                s.get(ADDRESS),
                s.get(PORT),
                s.get(NETWORKS),
                s.get(USERS),
                s.get(SENDERS),
                s.get(RECIPIENTS),
                s.get(RATE),
                s.get(TLS),
                s.get(TLS_MIN),
                s.get(KEY_STORE),
                s.get(KEY_STORE_PASSWORD),
                s.get(MAX_MESSAGE_SIZE),
                s.get(MAX_RECIPIENTS),
                s.get(MAX_CONNECTIONS),
                s.get(PROXY_PROTOCOL),
                s.get(HEADER_PRIORITY),
                s.get(REFUSE));
        checkTls(s, source);
        checkAccess(s, source);
        return source;
    }

    private static void checkTls(Section s, SourceConfig.Smtp source) {
        if (source.tls().equals("off")) {
            if (s.has(KEY_STORE) && !s.has(TLS)) {
                s.mistake(KEY_STORE, "it is not used, because tls is off by default", "Set tls=starttls as well");
            }
            return;
        }
        s.needed(KEY_STORE, "tls=" + source.tls());
        s.needed(KEY_STORE_PASSWORD, "tls=" + source.tls());
        if (s.has(KEY_STORE) && s.has(KEY_STORE_PASSWORD)) {
            KeyStores.checkKey(s, KEY_STORE, KEY_STORE_PASSWORD);
        }
    }

    private static void checkAccess(Section s, SourceConfig.Smtp source) {
        if (!source.users().isEmpty() && source.tls().equals("off") && !s.isBad(TLS)) {
            s.mistake(
                    USERS,
                    "logins need TLS, and tls is off: passwords would cross the network in clear",
                    "Set tls=starttls (or require, implicit) with a key-store");
        }
        if (source.networks().isEmpty() && source.users().isEmpty() && !s.isBad(USERS) && !s.isBad(NETWORKS)) {
            s.mistake(
                    NETWORKS,
                    "nobody may submit: neither networks nor users are listed",
                    "List one of them, or set " + "enabled=false");
        }
    }
}
