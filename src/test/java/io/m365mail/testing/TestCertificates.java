package io.m365mail.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Self-signed certificates for tests, made by the JDK's own {@code keytool}; nothing secret lies in the repository. A
 * key store holds the key and, as its certificate trusts itself, serves as trust store of the other side too.
 */
public final class TestCertificates {
    /** Of each key store made here. */
    public static final String PASSWORD = "changeit";

    private TestCertificates() {}

    /** Makes a PKCS#12 file with an EC key for {@code host} (and localhost, 127.0.0.1) in {@code folder}. */
    public static Path keyStore(Path folder, String host) {
        Path file = folder.resolve(host.replaceAll("[^A-Za-z0-9.-]", "_") + ".p12");
        if (Files.exists(file)) {
            return file;
        }
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        try {
            Process process = new ProcessBuilder(List.of(
                            keytool,
                            "-genkeypair",
                            "-alias",
                            "test",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=" + host,
                            "-ext",
                            "SAN=dns:" + host + ",dns:localhost,ip:127.0.0.1",
                            "-validity",
                            "30",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            PASSWORD,
                            "-keypass",
                            PASSWORD))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A context that shows the key in {@code own} and trusts the certificate in {@code trusted}; either may be null. */
    public static SSLContext context(Path own, Path trusted) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    own == null ? null : keyManagers(own).getKeyManagers(),
                    trusted == null ? null : trustManagers(trusted).getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManagerFactory keyManagers(Path file) throws GeneralSecurityException, IOException {
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(load(file), PASSWORD.toCharArray());
        return factory;
    }

    private static TrustManagerFactory trustManagers(Path file) throws GeneralSecurityException, IOException {
        KeyStore keys = load(file);
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("test", keys.getCertificate("test"));
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trust);
        return factory;
    }

    private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
