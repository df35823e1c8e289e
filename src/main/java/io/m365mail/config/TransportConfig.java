package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;

/** One configured way out. */
public sealed interface TransportConfig {
    String name();

    /** Where it connects to. */
    Target target();

    Limits limits();

    /** The type's name in the configuration: {@code smtp-auth}, {@code server}, … */
    String type();

    /** The same transport in a tenant with these accepted domains; itself where they mean nothing to it. */
    default TransportConfig inTenant(List<String> domains) {
        return this;
    }

    /** Its external recipients count for the tenant's limit: it sends to them through Exchange Online. */
    default boolean countsForTenant() {
        return this instanceof Relay || this instanceof SmtpAuth mailbox && !mailbox.highVolume();
    }

    /** Where it connects to, for people. */
    default String place() {
        return target().place(List.of());
    }

    /** A tenant's MX, for people. */
    static String mxOf(List<String> domains) {
        String more = domains.size() > 1 ? " (or of its other domains)" : "";
        return "the MX of " + domains.stream().findFirst().orElse("?") + more;
    }

    /** The JMS queue with its deliveries. */
    default String queue() {
        return "m365.transport." + name();
    }

    /**
     * @param host name or address; null where the MX of the tenant's domain names it
     * @param tls require, opportunistic, off or implicit
     * @param trustStore PKCS#12 with the certificates to trust instead of the JDK's, or null
     * @param localAddress to connect from, or null
     */
    record Target(String host, int port, String tls, Path trustStore, Secret trustStorePassword, String localAddress) {
        private String place(List<String> domains) {
            return (host == null ? mxOf(domains) : host) + ":" + port;
        }

        Target withHost(String other) {
            return new Target(other, port, tls, trustStore, trustStorePassword, localAddress);
        }
    }

    /**
     * What the server allows. 0 is no limit, but for {@code connections}.
     *
     * @param messagesPerMinute in any 60 s
     * @param connections at a time
     * @param recipientsPerDay in any 24 h
     * @param recipientsPerMessage in one transaction
     * @param recipientsPerDomain in one transaction, of the same domain
     * @param messagesPerConnection after so many the connection is closed and another opened
     * @param maxMessageSize bytes
     */
    record Limits(
            int messagesPerMinute,
            int connections,
            int recipientsPerDay,
            int recipientsPerMessage,
            int recipientsPerDomain,
            int messagesPerConnection,
            long maxMessageSize) {

        /** Without a limit for one domain. */
        public Limits(
                int messagesPerMinute,
                int connections,
                int recipientsPerDay,
                int recipientsPerMessage,
                int messagesPerConnection,
                long maxMessageSize) {
            this(
                    messagesPerMinute,
                    connections,
                    recipientsPerDay,
                    recipientsPerMessage,
                    0,
                    messagesPerConnection,
                    maxMessageSize);
        }
    }

    /**
     * A mailbox's SMTP AUTH client submission.
     *
     * @param mailbox the login, and the sender where {@code rewrite} is {@code from}
     * @param auth {@code xoauth2} or {@code login}
     * @param password for {@code login}, else null
     * @param tenantId for {@code xoauth2}
     * @param clientId for {@code xoauth2}
     * @param clientSecret for {@code xoauth2}, or null with a certificate
     * @param clientCertificate PKCS#12 with the app's certificate and key, or null
     * @param clientCertificatePassword of that file
     * @param authority such as {@code https://login.microsoftonline.com}
     * @param scope such as {@code https://outlook.office365.com/.default}
     * @param senders patterns of who may use it
     * @param rewriteFrom the mailbox becomes P1 and From, the original goes to Reply-To
     * @param highVolume an account of High Volume Email, which reaches recipients in the tenant only
     * @param domains the tenant's accepted domains
     */
    record SmtpAuth(
            String name,
            Target target,
            Limits limits,
            String mailbox,
            String auth,
            Secret password,
            String tenantId,
            String clientId,
            Secret clientSecret,
            Path clientCertificate,
            Secret clientCertificatePassword,
            String authority,
            String scope,
            List<String> senders,
            boolean rewriteFrom,
            boolean highVolume,
            List<String> domains)
            implements TransportConfig {

        /** A mailbox with the mailbox limits, to any recipient. */
        public SmtpAuth(
                String name,
                Target target,
                Limits limits,
                String mailbox,
                String auth,
                Secret password,
                String tenantId,
                String clientId,
                Secret clientSecret,
                Path clientCertificate,
                Secret clientCertificatePassword,
                String authority,
                String scope,
                List<String> senders,
                boolean rewriteFrom) {
            this(
                    name,
                    target,
                    limits,
                    mailbox,
                    auth,
                    password,
                    tenantId,
                    clientId,
                    clientSecret,
                    clientCertificate,
                    clientCertificatePassword,
                    authority,
                    scope,
                    senders,
                    rewriteFrom,
                    false,
                    List.of());
        }

        @Override
        public String type() {
            return "smtp-auth";
        }

        @Override
        public TransportConfig inTenant(List<String> accepted) {
            return new SmtpAuth(
                    name,
                    target,
                    limits,
                    mailbox,
                    auth,
                    password,
                    tenantId,
                    clientId,
                    clientSecret,
                    clientCertificate,
                    clientCertificatePassword,
                    authority,
                    scope,
                    senders,
                    rewriteFrom,
                    highVolume,
                    accepted);
        }
    }

    /**
     * The tenant's MX without a login.
     *
     * @param cloud that the tenant is in
     * @param domains accepted ones: whom it delivers to; the first MX at Exchange Online is the server where no host is set
     */
    record DirectSend(String name, Target target, Limits limits, Cloud cloud, List<String> domains)
            implements TransportConfig {
        @Override
        public String type() {
            return "direct-send";
        }

        @Override
        public TransportConfig inTenant(List<String> accepted) {
            return new DirectSend(name, target, limits, cloud, accepted);
        }

        @Override
        public String place() {
            return target.place(domains);
        }
    }

    /**
     * The tenant's MX through an inbound connector.
     *
     * @param cloud that the tenant is in
     * @param keyStore PKCS#12 with the connector's client certificate, or null for a connector by IP address
     * @param domains accepted ones: whose senders it carries; the first MX at Exchange Online is the server where no host is set
     */
    record Relay(
            String name,
            Target target,
            Limits limits,
            Cloud cloud,
            Path keyStore,
            Secret keyStorePassword,
            List<String> domains)
            implements TransportConfig {
        @Override
        public String type() {
            return "relay";
        }

        @Override
        public TransportConfig inTenant(List<String> accepted) {
            return new Relay(name, target, limits, cloud, keyStore, keyStorePassword, accepted);
        }

        @Override
        public String place() {
            return target.place(domains);
        }
    }

    /** The customer's own mail server, with or without AUTH LOGIN. */
    record Server(String name, Target target, Limits limits, String username, Secret password)
            implements TransportConfig {
        @Override
        public String type() {
            return "server";
        }
    }
}
