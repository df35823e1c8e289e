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

    /** The JMS queue with its deliveries. */
    default String queue() {
        return "m365.transport." + name();
    }

    /**
     * @param tls require, opportunistic, off or implicit
     * @param trustStore PKCS#12 with the certificates to trust instead of the JDK's, or null
     * @param localAddress to connect from, or null
     */
    record Target(String host, int port, String tls, Path trustStore, Secret trustStorePassword, String localAddress) {}

    /**
     * What the server allows. 0 is no limit, but for {@code connections}.
     *
     * @param messagesPerMinute in any 60 s
     * @param connections at a time
     * @param recipientsPerDay in any 24 h
     * @param recipientsPerMessage in one transaction
     * @param messagesPerConnection after so many the connection is closed and another opened
     * @param maxMessageSize bytes
     */
    record Limits(
            int messagesPerMinute,
            int connections,
            int recipientsPerDay,
            int recipientsPerMessage,
            int messagesPerConnection,
            long maxMessageSize) {}

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
            boolean rewriteFrom)
            implements TransportConfig {
        @Override
        public String type() {
            return "smtp-auth";
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
