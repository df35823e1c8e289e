package io.m365mail.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for the public authorities that Exchange Online trusts: a root and an intermediate, made with the JDK's keytool
 * when the first client certificate is issued. A client has to show the intermediate too, as a real one has.
 */
final class ClientAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(ClientAuthority.class);
    private static final int DNS_NAME = 2;

    private final Path folder;
    private X509Certificate root;

    ClientAuthority(Path folder) {
        this.folder = folder.resolve("authority");
    }

    /**
     * Issues a certificate with its key.
     *
     * @param file where to write it, PKCS #12 with the password {@link ServerCertificate#PASSWORD}
     * @param name DNS name, the subject and the only alternative name
     * @param days how long it is valid, negative for one that has ended
     * @param wholeChain with the intermediate; false makes the mistake that Microsoft's pages warn of
     */
    synchronized void issue(Path file, String name, int days, boolean wholeChain) throws IOException {
        Path keys = folder.resolve("keys.p12");
        if (!Files.exists(keys)) {
            Files.createDirectories(folder);
            make(keys, "root", "CN=Sandbox Root", null, 3650, "-1d", "bc:c");
            make(keys, "intermediate", "CN=Sandbox Intermediate", "root", 3650, "-1d", "bc:c=0");
        }
        String alias = "leaf-" + Long.toHexString(System.nanoTime());
        int validity = Math.abs(days);
        make(
                keys,
                alias,
                "CN=" + name,
                "intermediate",
                validity,
                days < 0 ? "-" + (validity + 1) + "d" : "-1H",
                "san=dns:" + name);
        try {
            KeyStore all = load(keys);
            char[] password = ServerCertificate.PASSWORD.toCharArray();
            Key key = all.getKey(alias, password);
            Certificate[] chain = wholeChain
                    ? new Certificate[] {all.getCertificate(alias), all.getCertificate("intermediate")}
                    : new Certificate[] {all.getCertificate(alias)};
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("client", key, password, chain);
            try (OutputStream out = Files.newOutputStream(file)) {
                own.store(out, password);
            }
            root = (X509Certificate) all.getCertificate("root");
        } catch (GeneralSecurityException e) {
            throw new IOException("the sandbox cannot issue a client certificate: " + e.getMessage(), e);
        }
    }

    /** The DNS names of a chain that leads to the root and is valid now; none where it is not. */
    synchronized List<String> trustedNames(List<X509Certificate> chain) {
        if (root == null || chain.isEmpty()) {
            return List.of();
        }
        try {
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
            Collection<List<?>> alternative = chain.get(0).getSubjectAlternativeNames();
            List<String> names = new ArrayList<>();
            for (List<?> each : alternative == null ? List.<List<?>>of() : alternative) {
                if (each.get(0).equals(DNS_NAME)) {
                    names.add(each.get(1).toString().toLowerCase(Locale.ROOT));
                }
            }
            return names;
        } catch (GeneralSecurityException e) {
            LOG.debug("a client's certificate counts as none: {}", e.getMessage());
            return List.of();
        }
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, ServerCertificate.PASSWORD.toCharArray());
            return store;
        }
    }

    private static void make(
            Path keys, String alias, String subject, String signer, int days, String start, String extension)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", subject));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-ext", extension));
        command.addAll(List.of("-startdate", start, "-validity", String.valueOf(days)));
        if (signer != null) {
            command.addAll(List.of("-signer", signer));
        }
        Keytool.run(keys, command);
    }
}
