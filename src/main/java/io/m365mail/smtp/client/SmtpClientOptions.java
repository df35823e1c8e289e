package io.m365mail.smtp.client;

import io.m365mail.config.Secret;
import java.nio.file.Path;

/**
 * How the connections of one transport are made.
 *
 * @param host name or address of the server; the name is checked against its certificate
 * @param port of the server
 * @param hostname our own name for EHLO
 * @param tls when to encrypt; never below TLS 1.2
 * @param trustStore PKCS#12 or JKS file with the certificates to trust instead of the JDK's, or null
 * @param trustStorePassword of that file, or null
 * @param keyStore PKCS#12 file with the client certificate and its key, or null
 * @param keyStorePassword of that file, or null
 * @param localAddress to connect from, or null
 * @param ipv4 IPv4 addresses only (connectors of Exchange Online know no IPv6 addresses)
 * @param timeouts of each phase
 */
public record SmtpClientOptions(
        String host,
        int port,
        String hostname,
        TlsMode tls,
        Path trustStore,
        Secret trustStorePassword,
        Path keyStore,
        Secret keyStorePassword,
        String localAddress,
        boolean ipv4,
        SmtpTimeouts timeouts) {

    /** No stores, any local address, any IP version, the RFC's time-outs. */
    public static SmtpClientOptions of(String host, int port, String hostname, TlsMode tls) {
        return new SmtpClientOptions(
                host, port, hostname, tls, null, null, null, null, null, false, SmtpTimeouts.defaults());
    }

    public SmtpClientOptions withTimeouts(SmtpTimeouts value) {
        return new SmtpClientOptions(
                host,
                port,
                hostname,
                tls,
                trustStore,
                trustStorePassword,
                keyStore,
                keyStorePassword,
                localAddress,
                ipv4,
                value);
    }

    public SmtpClientOptions withTrustStore(Path file, Secret password) {
        return new SmtpClientOptions(
                host, port, hostname, tls, file, password, keyStore, keyStorePassword, localAddress, ipv4, timeouts);
    }

    /** The same with another use of TLS. */
    SmtpClientOptions withTls(TlsMode value) {
        return new SmtpClientOptions(
                host,
                port,
                hostname,
                value,
                trustStore,
                trustStorePassword,
                keyStore,
                keyStorePassword,
                localAddress,
                ipv4,
                timeouts);
    }

    /** The same over IPv4 only. */
    public SmtpClientOptions onIpv4() {
        return new SmtpClientOptions(
                host,
                port,
                hostname,
                tls,
                trustStore,
                trustStorePassword,
                keyStore,
                keyStorePassword,
                localAddress,
                true,
                timeouts);
    }

    /** The same to another server. */
    public SmtpClientOptions withHost(String value) {
        return new SmtpClientOptions(
                value,
                port,
                hostname,
                tls,
                trustStore,
                trustStorePassword,
                keyStore,
                keyStorePassword,
                localAddress,
                ipv4,
                timeouts);
    }

    /** The server as logs and outcomes name it: {@code host:port}. */
    public String server() {
        return host + ":" + port;
    }
}
