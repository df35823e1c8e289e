package io.m365mail.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The whole configuration, bound and checked. Nothing behind it reads a property by name again.
 *
 * @param domains the tenant's accepted domains in lower case
 * @param hostname our name in EHLO, greetings and trace headers
 * @param data everything durable lies below it
 * @param flows of the transports that have a fallback or a copy
 * @param tenantExternalPerDay external recipients of the whole tenant in 24 hours; 0 where they are not counted
 * @param ndrTransport carries our reports to senders of mail that died, or null where there are none
 * @param rewrites in the order in which they are applied
 * @param routes the folder with the routes, or null for those inside the program
 * @param templates the folder with the templates of JSON submissions and scans, or null
 * @param idempotenceWindow how long a submission's id is remembered at least
 * @param dnsServer asked for the MX of a domain; null for the system's
 */
public record BundleConfig(
        List<String> domains,
        String hostname,
        Path data,
        Path routes,
        Broker broker,
        Store store,
        Management management,
        Retry retry,
        List<SourceConfig> sources,
        List<TransportConfig> transports,
        List<Rule> rules,
        Path templates,
        Duration idempotenceWindow,
        InetSocketAddress dnsServer,
        List<Flow> flows,
        String ndrTransport,
        List<RewriteRule> rewrites,
        int tenantExternalPerDay) {

    /**
     * Where else the mail of a transport goes: what {@code fallback} and {@code copy-to} say. A transport without them
     * has none.
     *
     * @param fallback the transport that has its queue while it is down, or null
     * @param fallbackAfter how long it has to be down
     * @param copyTo the server that gets a copy of each message, or null
     * @param archive the one address that copies go to, or null for each internal recipient
     */
    public record Flow(String transport, String fallback, Duration fallbackAfter, String copyTo, String archive) {}

    /** The same with another folder of routes. */
    public BundleConfig withRoutes(Path folder) {
        return new BundleConfig(
                domains,
                hostname,
                data,
                folder,
                broker,
                store,
                management,
                retry,
                sources,
                transports,
                rules,
                templates,
                idempotenceWindow,
                dnsServer,
                flows,
                ndrTransport,
                rewrites,
                tenantExternalPerDay);
    }

    /** @param url {@code embedded} or the URL of an Artemis; @param acceptor host:port of the embedded one, or off */
    public record Broker(String url, String username, Secret password, String acceptor) {
        public boolean embedded() {
            return url.equals("embedded");
        }
    }

    /** @param url {@code embedded} (H2 below the data folder) or a JDBC URL */
    public record Store(String url, String username, Secret password) {
        public boolean embedded() {
            return url.equals("embedded");
        }
    }

    /** @param token null on loopback, where none is needed */
    public record Management(String address, int port, Secret token) {}

    /** Back-off of deliveries that were told "not now", and how long one is tried. */
    public record Retry(Duration initial, Duration maximum, Duration giveUp) {}

    /**
     * One {@code m365.route.<n>}: the first whose conditions all match decides. Null conditions match everything.
     *
     * @param from patterns of the envelope sender
     * @param to patterns of the recipient
     * @param source name of a source
     * @param priority JMS priority, or null
     * @param transport name of the transport
     */
    public record Rule(
            int number, List<String> from, List<String> to, String source, Integer priority, String transport) {}
}
