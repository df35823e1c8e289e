package io.m365mail.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The sandbox's self-signed certificate for {@code localhost}, {@code 127.0.0.1} and the MX names with its key, and a trust store for
 * clients. Made once with the JDK's keytool and kept in a folder. It is made in a temporary folder and moved into
 * place as a whole, so two sandboxes that start at once on one folder end up with the same certificate.
 */
final class ServerCertificate {
    /** Protects nothing: the certificate is good for this machine's loopback only. */
    static final String PASSWORD = "sandbox";

    private static final String ALIAS = "sandbox";
    /** Trusted by whom is pointed at this sandbox's trust store, and by nobody else. */
    private static final String MX_NAMES =
            "dns:*.mail.protection.outlook.com,dns:*.e-v1.mx.microsoft,dns:smtp.hve.mx.microsoft";

    private final Path folder;

    private ServerCertificate(Path folder) {
        this.folder = folder;
    }

    /**
     * The certificate in {@code folder}, made there if it is missing or ends within a day.
     *
     * @throws IOException where the folder cannot be written or keytool fails
     */
    static ServerCertificate in(Path folder) throws IOException {
        Path place = folder.resolve("certificate");
        var certificate = new ServerCertificate(place);
        if (Files.exists(certificate.keyStore()) && certificate.isOutdated()) {
            delete(place);
        }
        if (!Files.exists(certificate.keyStore())) {
            Files.createDirectories(folder);
            make(folder, place);
        }
        return certificate;
    }

    Path keyStore() {
        return folder.resolve("key-store.p12");
    }

    Path trustStore() {
        return folder.resolve("trust-store.p12");
    }

    SSLContext sslContext() throws IOException {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new AnyClient()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unreadable(e);
        }
    }

    /** It ends soon, or an earlier version made it, without the MX names. */
    private boolean isOutdated() throws IOException {
        try {
            X509Certificate own = ownCertificate();
            Date tomorrow =
                    new Date(System.currentTimeMillis() + Duration.ofDays(1).toMillis());
            return own.getNotAfter().before(tomorrow)
                    || !own.getSubjectAlternativeNames().toString().contains("mail.protection.outlook.com");
        } catch (CertificateParsingException e) {
            throw unreadable(e);
        }
    }

    private X509Certificate ownCertificate() throws IOException {
        try {
            return (X509Certificate) load().getCertificate(ALIAS);
        } catch (GeneralSecurityException e) {
            throw unreadable(e);
        }
    }

    private KeyStore load() throws IOException {
        try (InputStream in = Files.newInputStream(keyStore())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            if (!store.isKeyEntry(ALIAS)) {
                throw new GeneralSecurityException("it holds no key named " + ALIAS);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable(e);
        }
    }

    private IOException unreadable(Exception e) {
        return new IOException(
                "the sandbox's certificate in " + folder + " cannot be read; delete the folder to get a new one", e);
    }

    private static void make(Path parent, Path place) throws IOException {
        Path work = Files.createTempDirectory(parent, "certificate-");
        try {
            var made = new ServerCertificate(work);
            keytool(made.keyStore());
            made.writeTrustStore();
            Files.move(work, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(new ServerCertificate(place).keyStore())) {
                throw e;
            }
            // Another sandbox was faster; its certificate serves both.
        } finally {
            delete(work);
        }
    }

    private void writeTrustStore() throws IOException {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry(ALIAS, ownCertificate());
            try (OutputStream out = Files.newOutputStream(trustStore())) {
                trust.store(out, PASSWORD.toCharArray());
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot write the sandbox's trust store " + trustStore(), e);
        }
    }

    private static void keytool(Path keyStore) throws IOException {
        List<String> command = new ArrayList<>(List.of("-genkeypair", "-alias", ALIAS, "-dname", "CN=localhost"));
        command.addAll(List.of("-keyalg", "RSA", "-keysize", "2048", "-sigalg", "SHA256withRSA"));
        command.addAll(List.of("-validity", "3650", "-ext", "san=dns:localhost,ip:127.0.0.1," + MX_NAMES));
        Keytool.run(keyStore, command);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> paths = Files.walk(folder)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    /** A client's certificate is asked for and looked at later, as Exchange Online does: a strange one ends no session. */
    private static final class AnyClient extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
