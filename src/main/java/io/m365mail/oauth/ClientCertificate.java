package io.m365mail.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Clock;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;

/**
 * The app's certificate: a JWT signed with its key (PS256) and marked with the certificate's SHA-256 thumbprint.
 *
 * @see <a href="https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials">Microsoft identity
 *     platform application authentication certificate credentials</a>
 */
public final class ClientCertificate implements ClientCredential {
    private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final long LIFE_SECONDS = 600;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final Clock clock;

    public ClientCertificate(PrivateKey key, X509Certificate certificate, Clock clock) {
        this.key = key;
        this.certificate = certificate;
        this.clock = clock;
    }

    /**
     * @param file PKCS#12 with one certificate and its RSA key
     * @throws IllegalArgumentException where it cannot be read; says why
     */
    public static ClientCertificate read(Path file, Secret password, Clock clock) {
        char[] chars = password == null ? new char[0] : password.reveal().toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, chars);
            for (String alias : Collections.list(store.aliases())) {
                if (store.getKey(alias, chars) instanceof PrivateKey key
                        && key.getAlgorithm().equals("RSA")) {
                    return new ClientCertificate(key, (X509Certificate) store.getCertificate(alias), clock);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("client-certificate " + file + " cannot be read: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("client-certificate " + file + " holds no RSA key with its certificate");
    }

    @Override
    public Map<String, String> fields(String clientId, String endpoint) {
        return Map.of("client_assertion_type", TYPE, "client_assertion", assertion(clientId, endpoint));
    }

    private String assertion(String clientId, String endpoint) {
        try {
            long now = clock.instant().getEpochSecond();
            byte[] thumbprint = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            String header = json(Map.of("alg", "PS256", "typ", "JWT", "x5t#S256", base64(thumbprint)));
            String claims = json(Map.of(
                    "aud", endpoint,
                    "iss", clientId,
                    "sub", clientId,
                    "jti", UUID.randomUUID().toString(),
                    "iat", now,
                    "nbf", now,
                    "exp", now + LIFE_SECONDS));
            String signed = header + "." + claims;
            return signed + "." + base64(sign(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new IllegalStateException("the client certificate's key cannot sign: " + e.getMessage(), e);
        }
    }

    private byte[] sign(byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        signature.initSign(key);
        signature.update(data);
        return signature.sign();
    }

    private static String json(Map<String, Object> fields) throws JsonProcessingException {
        return base64(JSON.writeValueAsBytes(fields));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "client certificate of " + certificate.getSubjectX500Principal();
    }
}
