package io.m365mail.smtp.client;

import io.m365mail.config.Secret;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Puts TLS on a connected socket: 1.2 or 1.3 only, with the server's name in SNI, and checked against its certificate
 * unless the caller says otherwise. Reads the stores once; sessions are resumed over its connections.
 */
final class TlsSockets {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final SSLContext checking;
    private final SSLContext unchecked;
    /** @throws IllegalArgumentException where a store cannot be read; says which and why */
    TlsSockets(SmtpClientOptions options) {
        KeyManager[] keys = keys(options.keyStore(), options.keyStorePassword());
        this.checking = context(keys, trust(options.trustStore(), options.trustStorePassword()));
        this.unchecked = context(keys, new TrustManager[] {new TrustAll()});
    }

    /**
     * @param raw connected; closed with the result
     * @param host the server's name, for SNI and the check
     * @param check whether the certificate must be trusted and bear the host's name
     * @param timeout milliseconds that the peer may be silent in the handshake
     */
    SSLSocket handshake(Socket raw, String host, boolean check, int timeout) throws IOException {
        SSLContext context = check ? checking : unchecked;
        var socket = (SSLSocket) context.getSocketFactory().createSocket(raw, host, raw.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        if (check) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (isName(host)) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(timeout);
        socket.startHandshake();
        return socket;
    }

    /** SNI carries names only (RFC 6066 section 3); an IPv6 address has a colon, an IPv4 address ends in a digit. */
    private static boolean isName(String host) {
        return host.indexOf(':') < 0 && !Character.isDigit(host.charAt(host.length() - 1));
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trust(Path file, Secret password) {
        if (file == null) {
            return null;
        }
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(load(file, password));
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("trust-store " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keys(Path file, Secret password) {
        if (file == null) {
            return null;
        }
        try {
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(load(file, password), chars(password));
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("key-store " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyStore load(Path file, Secret password) throws GeneralSecurityException, IOException {
        // The JDK's PKCS12 type reads both formats ("dual format keystore").
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(file.toFile())) {
            store.load(in, chars(password));
        }
        return store;
    }

    private static char[] chars(Secret password) {
        return password == null ? new char[0] : password.reveal().toCharArray();
    }

    /** Opportunistic TLS keeps off who only listens; a certificate would be no proof to somebody who takes plain text. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
