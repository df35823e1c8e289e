package io.m365mail.smtp.client;

import io.m365mail.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A small authority and certificates for each case, made once for a test run with the JDK's keytool: {@code good} (for
 * localhost), {@code othername}, {@code expired}, all issued by {@code ca}, and {@code stranger}, which is nobody's.
 */
public final class KeytoolStores {
    public static final Secret PASSWORD = Secret.of("changeit");
    private static KeytoolStores instance;

    private final Path keys;
    private final Path trust;

    private KeytoolStores() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("m365-keys");
        folder.toFile().deleteOnExit();
        keys = folder.resolve("keys.p12");
        trust = folder.resolve("trust.p12");
        Path certificate = folder.resolve("ca.cer");
        make("ca", "CN=Test CA", "bc:c", null, "-1d");
        make("good", "CN=localhost", "san=dns:localhost,ip:127.0.0.1", "ca", "-1d");
        make("othername", "CN=mail.other.example", "san=dns:mail.other.example", "ca", "-1d");
        make("expired", "CN=localhost", "san=dns:localhost", "ca", "-400d");
        make("stranger", "CN=localhost", "san=dns:localhost", null, "-1d");
        keytool("-exportcert", "-alias", "ca", "-file", certificate.toString(), "-keystore", keys.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "ca",
                "-file",
                certificate.toString(),
                "-keystore",
                trust.toString());
        for (Path file : List.of(keys, trust, certificate)) {
            file.toFile().deleteOnExit();
        }
    }

    public static synchronized KeytoolStores get() {
        if (instance == null) {
            try {
                instance = new KeytoolStores();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return instance;
    }

    private void make(String alias, String name, String extension, String signer, String start)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                name,
                "-ext",
                extension,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048"));
        arguments.addAll(List.of("-startdate", start, "-validity", "365", "-keystore", keys.toString()));
        if (signer != null) {
            arguments.addAll(List.of("-signer", signer));
        }
        keytool(arguments.toArray(String[]::new));
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD.reveal(), "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
    }

    /** With the certificate of {@code ca}. */
    public Path trustStore() {
        return trust;
    }

    public X509Certificate certificate(String alias) throws GeneralSecurityException, IOException {
        return (X509Certificate) load(keys).getCertificate(alias);
    }

    public PrivateKey key(String alias) throws GeneralSecurityException, IOException {
        return (PrivateKey) load(keys).getKey(alias, PASSWORD.reveal().toCharArray());
    }

    /** A PKCS#12 file with that key and its chain alone. */
    public Path only(String alias, Path folder) throws GeneralSecurityException, IOException {
        Path file = folder.resolve(alias + ".p12");
        try (var out = Files.newOutputStream(file)) {
            single(alias).store(out, PASSWORD.reveal().toCharArray());
        }
        return file;
    }

    /** What a server with that certificate uses. */
    public SSLContext serverContext(String alias) throws GeneralSecurityException, IOException {
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(single(alias), PASSWORD.reveal().toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(load(trust));
        context.init(factory.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private KeyStore single(String alias) throws GeneralSecurityException, IOException {
        KeyStore all = load(keys);
        KeyStore one = KeyStore.getInstance("PKCS12");
        char[] password = PASSWORD.reveal().toCharArray();
        one.load(null, password);
        one.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
        return one;
    }

    private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.reveal().toCharArray());
        }
        return store;
    }
}
