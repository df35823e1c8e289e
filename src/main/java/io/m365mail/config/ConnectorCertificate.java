package io.m365mail.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The client certificate of a relay, and what speaks against it. Exchange Online compares its name with the connector's
 * {@code TlsSenderCertificateName} and wants its domain to be an accepted one; it wants the intermediates in the handshake.
 * Source: Microsoft, "Fix NDR 5.7.64 TenantAttribution", KB 3169958.
 *
 * @param names its subject's common name and its DNS names, in lower case
 * @param until the end of the first certificate of the chain that ends
 * @param chain how many certificates are sent
 * @param selfSigned nobody else vouches for it
 */
public record ConnectorCertificate(List<String> names, Instant until, int chain, boolean selfSigned) {
    /** So long before its end it is spoken of. */
    public static final Duration NOTICE = Duration.ofDays(30);

    private static final int DNS_NAME = 2;

    /**
     * Reads the first key of the relay's key store.
     *
     * @throws IOException where the file cannot be read, opened or holds no key; never with the password
     */
    public static ConnectorCertificate of(TransportConfig.Relay relay) throws IOException {
        return read(relay.keyStore(), relay.keyStorePassword());
    }

    private static ConnectorCertificate read(Path file, Secret password) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password.reveal().toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return of(store.getCertificateChain(alias));
                }
            }
            throw new IOException(file + " holds no private key");
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is no usable PKCS#12 store: " + e.getMessage(), e);
        }
    }

    private static ConnectorCertificate of(Certificate[] chain) throws CertificateParsingException {
        X509Certificate own = (X509Certificate) chain[0];
        Set<String> names = new LinkedHashSet<>();
        commonName(own, names);
        Collection<List<?>> alternative = own.getSubjectAlternativeNames();
        for (List<?> name : alternative == null ? List.<List<?>>of() : alternative) {
            if (name.get(0).equals(DNS_NAME)) {
                names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
            }
        }
        Instant until = Instant.MAX;
        for (Certificate each : chain) {
            Instant end = ((X509Certificate) each).getNotAfter().toInstant();
            until = end.isBefore(until) ? end : until;
        }
        boolean selfSigned = own.getIssuerX500Principal().equals(own.getSubjectX500Principal());
        return new ConnectorCertificate(List.copyOf(names), until, chain.length, selfSigned);
    }

    private static void commonName(X509Certificate certificate, Set<String> into) {
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    into.add(rdn.getValue().toString().toLowerCase(Locale.ROOT));
                }
            }
        } catch (InvalidNameException e) {
            throw new IllegalStateException("the JDK wrote a name that it cannot read", e);
        }
    }

    /** What a relay's owner should know before Exchange Online says 5.7.64; empty where all is well. */
    public List<String> warnings(TransportConfig.Relay relay, Instant now) {
        String key = "m365.transport." + relay.name() + ".key-store: the client certificate ";
        List<String> all = new ArrayList<>();
        if (names.stream().noneMatch(n -> isIn(n, relay.domains()))) {
            all.add(key + "is for " + String.join(", ", names) + ", none of them in m365.domains ("
                    + String.join(", ", relay.domains())
                    + "); Exchange Online relays for a certificate of an accepted domain only: have one issued for a"
                    + " name in such a domain, or add the domain to the tenant");
        }
        if (selfSigned) {
            all.add(key + "is self-signed; Exchange Online takes one of a public authority only");
        } else if (chain == 1) {
            all.add(key + "stands alone in the file, without its intermediates, so no connector will match (5.7.64);"
                    + " export the whole chain");
        }
        String expiry = expiry(now);
        if (expiry != null) {
            all.add(key + expiry);
        }
        return all;
    }

    /** What to say about its end, or null while that is far away. */
    public String expiry(Instant now) {
        if (now.isAfter(until)) {
            return "ended on " + until + ": no connector matches it any more; put a new one into the file and restart";
        }
        Duration left = Duration.between(now, until);
        return left.compareTo(NOTICE) > 0
                ? null
                : "ends in " + left.toDays() + " days, on " + until + ": have it renewed, put the new one into the file"
                        + " and restart";
    }

    /** {@code relay.contoso.com} is in contoso.com, and so are {@code *.contoso.com} and the domain itself. */
    private static boolean isIn(String name, List<String> domains) {
        return domains.stream().anyMatch(d -> name.equals(d) || name.endsWith("." + d));
    }
}
