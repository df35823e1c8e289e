package io.m365mail.config;

import static io.m365mail.config.ValueTypes.SECRET;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The keys outside sources, transports and rules. */
final class GeneralOptions {
    static final Option<List<String>> DOMAINS = Option.of(
            "domains",
            ListTypes.DOMAINS,
            "",
            "accepted domains of the tenant, with commas; decides what is internal and what external");
    static final Option<String> HOSTNAME = Option.derived(
            "hostname", ValueTypes.HOST_NAME_ONLY, "the machine's name", "name in EHLO, greetings and trace headers");
    static final Option<Path> DATA = Option.of(
            "data", ValueTypes.PATH, "data", "everything durable lies below this folder; give it a local disk");
    static final Option<Path> ROUTES = Option.optional(
            "routes",
            ValueTypes.PATH,
            "folder with the routes (*.camel.yaml); by default that of the installation, else the program's own");
    static final Option<String> BROKER_URL = Option.of(
            "broker.url",
            ValueType.of("embedded or tcp://host:port", GeneralOptions::parseBroker),
            "embedded",
            "the broker: embedded, or an Artemis at tcp://host:61616");
    static final Option<String> BROKER_USERNAME = Option.optional(
            "broker.username", ValueTypes.TEXT, "login at the broker; of the embedded one's acceptor too");
    static final Option<Secret> BROKER_PASSWORD = Option.optional("broker.password", SECRET, "password of that login");
    static final Option<String> BROKER_ACCEPTOR = Option.of(
            "broker.acceptor",
            ValueTypes.ACCEPTOR,
            "127.0.0.1:61616",
            "where the embedded broker listens for applications, or off; off loopback it needs username and password");
    static final Option<String> STORE_URL = Option.of(
            "store.url",
            ValueType.of("embedded or JDBC URL", GeneralOptions::parseStore),
            "embedded",
            "the store of limits: embedded (H2 below m365.data), or a JDBC URL");
    static final Option<String> STORE_USERNAME =
            Option.optional("store.username", ValueTypes.TEXT, "login at the database");
    static final Option<Secret> STORE_PASSWORD = Option.optional("store.password", SECRET, "password of that login");
    static final Option<String> MANAGEMENT_ADDRESS = Option.of(
            "management.address",
            ValueTypes.IP,
            "127.0.0.1",
            "IP address of the API and the health and metrics pages; off loopback it needs a token");
    static final Option<Integer> MANAGEMENT_PORT = Option.of(
            "management.port", ValueTypes.LISTEN_PORT, "9876", "port of the API and the pages; 0 takes a free one");
    static final Option<Secret> MANAGEMENT_TOKEN = Option.optional(
            "management.token",
            ValueType.secret("secret", GeneralOptions::parseToken),
            "what callers send as Authorization: Bearer, 16 characters at least");
    static final Option<Duration> RETRY_INITIAL =
            Option.of("retry.initial", ValueTypes.DURATION, "1m", "wait before the second attempt");
    static final Option<Duration> RETRY_MAXIMUM =
            Option.of("retry.maximum", ValueTypes.DURATION, "1h", "longest wait between attempts");
    static final Option<Duration> RETRY_GIVE_UP = Option.of(
            "retry.give-up",
            ValueTypes.DURATION,
            "5d",
            "after this a recipient is dead (RFC 5321 asks for 4 to 5 days); held and parked time does not count");

    static final Option<Path> TEMPLATES = Option.optional(
            "templates",
            ValueTypes.PATH,
            "folder with a folder for each template (subject.ftl, text.ftl, html.ftlh) of JSON submissions and scans");
    static final Option<Duration> IDEMPOTENCE_WINDOW = Option.of(
            "idempotence-window",
            ValueTypes.DURATION,
            "12h",
            "the same id of a submission within this time is one submission; after twice this time it is a new one");
    static final Option<InetSocketAddress> DNS_SERVER = Option.derived(
            "dns.server",
            ValueType.of("IP address, with or without :port", GeneralOptions::parseDnsServer),
            "the system's",
            "DNS server that is asked for the MX of m365.domains; its port is 53 where none is given");
    private static final Option<String> NDR = Option.of(
            "ndr",
            ValueTypes.choice("off", "on"),
            "off",
            "on: an internal sender is told when a message of his dies (RFC 3464)");
    static final Option<String> NDR_TRANSPORT =
            Option.optional("ndr.transport", ValueTypes.TEXT, "name of the transport that carries these reports");

    static final List<Option<?>> ALL = List.of(
            DOMAINS,
            HOSTNAME,
            DATA,
            ROUTES,
            BROKER_URL,
            BROKER_USERNAME,
            BROKER_PASSWORD,
            BROKER_ACCEPTOR,
            STORE_URL,
            STORE_USERNAME,
            STORE_PASSWORD,
            MANAGEMENT_ADDRESS,
            MANAGEMENT_PORT,
            MANAGEMENT_TOKEN,
            RETRY_INITIAL,
            RETRY_MAXIMUM,
            RETRY_GIVE_UP,
            TEMPLATES,
            IDEMPOTENCE_WINDOW,
            DNS_SERVER,
            NDR,
            NDR_TRANSPORT,
            TenantOptions.LICENSES,
            TenantOptions.EXTERNAL_PER_DAY);

    private GeneralOptions() {}

    static BundleConfig.Broker broker(Section s) {
        BundleConfig.Broker broker = new BundleConfig.Broker(
                s.get(BROKER_URL), s.get(BROKER_USERNAME), s.get(BROKER_PASSWORD), s.get(BROKER_ACCEPTOR));
        s.together(BROKER_USERNAME, BROKER_PASSWORD);
        if (!broker.embedded()) {
            s.useless(BROKER_ACCEPTOR, "a broker that is not embedded");
        } else if (!broker.acceptor().equals("off")
                && !Networks.isLoopback(hostOf(broker.acceptor()))
                && !s.has(BROKER_USERNAME)) {
            s.mistake(
                    BROKER_ACCEPTOR,
                    "the broker would be open to the network without a login",
                    "Set m365.broker.username and m365.broker.password, or listen on 127.0.0.1");
        }
        return broker;
    }

    static BundleConfig.Store store(Section s) {
        BundleConfig.Store store =
                new BundleConfig.Store(s.get(STORE_URL), s.get(STORE_USERNAME), s.get(STORE_PASSWORD));
        s.together(STORE_USERNAME, STORE_PASSWORD);
        if (store.embedded() && !s.isBad(STORE_URL)) {
            s.useless(STORE_USERNAME, "m365.store.url=embedded");
            s.useless(STORE_PASSWORD, "m365.store.url=embedded");
        }
        return store;
    }

    static BundleConfig.Management management(Section s) {
        BundleConfig.Management management =
                new BundleConfig.Management(s.get(MANAGEMENT_ADDRESS), s.get(MANAGEMENT_PORT), s.get(MANAGEMENT_TOKEN));
        if (!Networks.isLoopback(management.address()) && !s.has(MANAGEMENT_TOKEN)) {
            s.mistake(
                    MANAGEMENT_ADDRESS,
                    "the API would be open to the network without a token",
                    "Set m365.management.token, or listen on 127.0.0.1");
        }
        return management;
    }

    static Path templates(Section s) {
        Path folder = s.get(TEMPLATES);
        if (folder != null && !java.nio.file.Files.isDirectory(folder)) {
            s.mistake(TEMPLATES, "there is no such folder", "Make it, or give another");
        }
        return folder;
    }

    static BundleConfig.Retry retry(Section s) {
        BundleConfig.Retry retry =
                new BundleConfig.Retry(s.get(RETRY_INITIAL), s.get(RETRY_MAXIMUM), s.get(RETRY_GIVE_UP));
        if (retry.initial().compareTo(retry.maximum()) > 0) {
            s.mistake(RETRY_INITIAL, "longer than m365.retry.maximum", "Give a shorter one, or raise the maximum");
        }
        if (retry.maximum().compareTo(retry.giveUp()) > 0) {
            s.mistake(RETRY_GIVE_UP, "shorter than m365.retry.maximum", "Give a longer one, or lower the maximum");
        }
        return retry;
    }

    /** @return null where there are no reports */
    static String ndrTransport(Section s, Set<String> transports) {
        String transport = s.get(NDR_TRANSPORT);
        if (s.get(NDR).equals("off")) {
            s.useless(NDR_TRANSPORT, "m365.ndr=off");
            return null;
        }
        s.needed(NDR_TRANSPORT, "m365.ndr=on");
        if (transport != null && !transports.contains(transport)) {
            s.mistake(
                    NDR_TRANSPORT,
                    "there is no transport of this name, or it is turned off",
                    transports.isEmpty()
                            ? "Configure m365.transport." + transport + ".type first"
                            : "The nearest is " + Nearest.of(transport, transports));
        }
        return transport;
    }

    static String hostOf(String acceptor) {
        return acceptor.substring(0, acceptor.lastIndexOf(':'));
    }

    private static String parseBroker(String text) throws ValueException {
        if (!text.equals("embedded") && !text.matches("tcp://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+]):\\d{1,5}(\\?\\S*)?")) {
            throw new ValueException(
                    "neither embedded nor tcp://host:port", "Give one such as tcp://broker.contoso.com:61616");
        }
        return text;
    }

    private static String parseStore(String text) throws ValueException {
        if (text.equals("embedded")) {
            return text;
        }
        if (!text.startsWith("jdbc:")) {
            throw new ValueException(
                    "neither embedded nor a JDBC URL", "Give one such as jdbc:postgresql://db.contoso.com/m365mail");
        }
        return ValueTypes.parseJdbc(text, "m365.store.username and m365.store.password");
    }

    /** {@code 10.0.0.53}, {@code 10.0.0.53:5353}, {@code ::1}, {@code [::1]:53}. */
    private static InetSocketAddress parseDnsServer(String text) throws ValueException {
        boolean plain = Networks.isIp(text);
        int colon = plain ? -1 : text.lastIndexOf(':');
        String host = (colon < 0 ? text : text.substring(0, colon)).replaceAll("^\\[(.*)]$", "$1");
        String port = colon < 0 ? "53" : text.substring(colon + 1);
        if (!Networks.isIp(host) || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535 || port.equals("0")) {
            throw new ValueException(
                    "not an IP address, nor one with a port", "Give one such as 10.0.0.53, or 127.0.0.1:5353");
        }
        return new InetSocketAddress(host, Integer.parseInt(port));
    }

    private static Secret parseToken(String text) throws ValueException {
        if (text.length() < 16 || !text.matches("[A-Za-z0-9._~+/=-]+")) {
            throw new ValueException(
                    "shorter than 16 characters, or with characters that no Bearer token may have (RFC 6750)",
                    "Make one with: openssl rand -hex 24");
        }
        return Secret.of(text);
    }
}
