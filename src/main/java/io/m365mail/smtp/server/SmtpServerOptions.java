package io.m365mail.smtp.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * How one listener speaks.
 *
 * @param name for logs and thread names
 * @param address IP address to bind
 * @param port 0 takes a free one
 * @param hostname the name in the greeting and in replies
 * @param tls {@code OFF}, {@code STARTTLS} (offered), {@code REQUIRE} (STARTTLS before MAIL) or {@code IMPLICIT}
 * @param sslContext null where {@code tls} is {@code OFF}
 * @param tlsProtocols such as {@code TLSv1.2}, {@code TLSv1.3}
 * @param wantClientCertificate ask for a certificate, but do without
 * @param authMechanisms offered after TLS only; empty offers no AUTH
 * @param maxMessageSize bytes, advertised with SIZE
 * @param maxRecipients per transaction; more get {@code 452 4.5.3}
 * @param maxConnections on this listener; more get {@code 421 4.7.0} at once
 * @param idleTimeout a connection without a byte for so long gets {@code 421 4.4.2}
 * @param spoolDirectory where messages above {@link io.m365mail.mail.MailContent#LARGE} lie while they are received
 * @param proxyProtocol expect a PROXY header (v1 or v2) first
 * @param offered the extensions to offer, of {@code PIPELINING CHUNKING BINARYMIME 8BITMIME SMTPUTF8 DSN
 *     ENHANCEDSTATUSCODES SIZE}
 */
public record SmtpServerOptions(
        String name,
        String address,
        int port,
        String hostname,
        Tls tls,
        SSLContext sslContext,
        List<String> tlsProtocols,
        boolean wantClientCertificate,
        List<String> authMechanisms,
        long maxMessageSize,
        int maxRecipients,
        int maxConnections,
        Duration idleTimeout,
        Path spoolDirectory,
        boolean proxyProtocol,
        List<String> offered) {

    /** When TLS is spoken. */
    public enum Tls {
        OFF,
        STARTTLS,
        REQUIRE,
        IMPLICIT
    }

    /** All that the server can do but BINARYMIME. */
    public static final List<String> DEFAULT_EXTENSIONS =
            List.of("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES");

    /** No TLS, no AUTH, 150 MiB, 1,000 recipients, 200 connections, five minutes. */
    public static SmtpServerOptions plain(String name, String address, int port, String hostname, Path spool) {
        return new SmtpServerOptions(
                name,
                address,
                port,
                hostname,
                Tls.OFF,
                null,
                List.of("TLSv1.2", "TLSv1.3"),
                false,
                List.of(),
                157_286_400L,
                1000,
                200,
                Duration.ofMinutes(5),
                spool,
                false,
                DEFAULT_EXTENSIONS);
    }

    /** The same listener with TLS and the mechanisms that are offered under it. */
    public SmtpServerOptions withTls(Tls mode, SSLContext context, List<String> mechanisms) {
        return new SmtpServerOptions(
                name,
                address,
                port,
                hostname,
                mode,
                context,
                tlsProtocols,
                wantClientCertificate,
                mechanisms,
                maxMessageSize,
                maxRecipients,
                maxConnections,
                idleTimeout,
                spoolDirectory,
                proxyProtocol,
                offered);
    }
}
