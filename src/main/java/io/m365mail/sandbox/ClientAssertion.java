package io.m365mail.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;

/**
 * Checks a client assertion (RFC 7523, signed JWT) as Entra does: the key is found by the certificate's thumbprint
 * ({@code x5t#S256} or {@code x5t}), RS256 and PS256 sign, issuer and subject are the client id, the audience is the
 * token endpoint, and the time is right with five minutes of tolerance
 * (https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
 */
final class ClientAssertion {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SKEW_SECONDS = 300;

    private ClientAssertion() {}

    /** The client id that an assertion names, not verified; for requests that leave {@code client_id} out. */
    static String subject(String assertion) throws EntraError {
        String[] parts = split(assertion);
        return decode(parts[1]).path("sub").asText(null);
    }

    /** @throws EntraError saying what is wrong with it */
    static void verify(String assertion, SandboxApp app, Set<String> audiences, Instant now) throws EntraError {
        String[] parts = split(assertion);
        JsonNode header = decode(parts[0]);
        JsonNode claims = decode(parts[1]);
        X509Certificate certificate = certificate(header, app);
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        if (!isSigned(header.path("alg").asText(), certificate, signed, bytes(parts[2]))) {
            throw EntraError.assertion("The key was found, but the signature does not fit");
        }
        checkClaims(claims, app, audiences, now);
    }

    private static void checkClaims(JsonNode claims, SandboxApp app, Set<String> audiences, Instant now)
            throws EntraError {
        String issuer = claims.path("iss").asText();
        if (!issuer.equalsIgnoreCase(app.clientId())
                || !claims.path("sub").asText().equalsIgnoreCase(app.clientId())) {
            throw new EntraError(
                    401,
                    "invalid_client",
                    700021,
                    "Client assertion application identifier doesn't match 'client_id' parameter.");
        }
        if (!audiences.contains(claims.path("aud").asText())) {
            throw new EntraError(
                    401, "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer.");
        }
        long seconds = now.getEpochSecond();
        long expires = claims.path("exp").asLong(0);
        boolean early = claims.path("nbf").asLong(0) > seconds + SKEW_SECONDS;
        if (expires + SKEW_SECONDS <= seconds || early) {
            throw new EntraError(
                    401,
                    "invalid_client",
                    700024,
                    "Client assertion is not within its valid time range. Current time: " + now
                            + ", expiry time of assertion " + Instant.ofEpochSecond(expires) + ".");
        }
    }

    private static X509Certificate certificate(JsonNode header, SandboxApp app) throws EntraError {
        try {
            for (X509Certificate c : app.certificates()) {
                if (thumbprint(c, "SHA-256").equals(header.path("x5t#S256").asText())
                        || thumbprint(c, "SHA-1").equals(header.path("x5t").asText())) {
                    return c;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no thumbprint of the certificate of app " + app, e);
        }
        throw EntraError.assertion("The key was not found");
    }

    private static String thumbprint(X509Certificate certificate, String algorithm) throws GeneralSecurityException {
        byte[] hash = MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static boolean isSigned(String algorithm, X509Certificate certificate, byte[] signed, byte[] signature)
            throws EntraError {
        try {
            Signature verifier;
            if (algorithm.equals("PS256")) {
                verifier = Signature.getInstance("RSASSA-PSS");
                verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            } else if (algorithm.equals("RS256")) {
                verifier = Signature.getInstance("SHA256withRSA");
            } else {
                throw EntraError.assertion("The algorithm must be PS256 or RS256");
            }
            verifier.initVerify(certificate);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a signature of the wrong length, or a key that is not RSA
        }
    }

    private static String[] split(String assertion) throws EntraError {
        String[] parts = assertion.split("\\.", -1);
        if (parts.length != 3) {
            throw malformed();
        }
        return parts;
    }

    private static JsonNode decode(String part) throws EntraError {
        try {
            JsonNode node = JSON.readTree(bytes(part));
            if (node == null || !node.isObject()) {
                throw malformed();
            }
            return node;
        } catch (IOException e) {
            throw malformed();
        }
    }

    private static byte[] bytes(String part) throws EntraError {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static EntraError malformed() {
        return new EntraError(401, "invalid_client", 50027, "JWT token is invalid or malformed.");
    }
}
