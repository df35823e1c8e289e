package io.m365mail.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Issues and checks access tokens. A token looks like Entra's (a JWT of about 2 kB, so that a client's AUTH line is as
 * long as in earnest), but its signature is random: what was issued is remembered by its SHA-256, and only that is
 * valid, as long as it has not expired.
 */
final class AccessTokens {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private record Grant(SandboxApp app, Instant expires) {}

    /** @param lifetime as {@code expires_in} says, in seconds */
    record Issued(String token, long lifetime) {
        @Override
        public String toString() {
            return "a token for " + lifetime + " s";
        }
    }

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Grant> grants = new ConcurrentHashMap<>();
    private volatile Duration shortest = Duration.ofMinutes(60);
    private volatile Duration longest = Duration.ofMinutes(90);

    AccessTokens(Clock clock) {
        this.clock = clock;
    }

    /** Entra's default is random between 60 and 90 minutes. */
    void lifetime(Duration from, Duration to) {
        if (from.compareTo(to) > 0 || from.isNegative()) {
            throw new IllegalArgumentException("token lifetime from " + from + " to " + to);
        }
        shortest = from;
        longest = to;
    }

    Issued issue(SandboxApp app) {
        Instant now = clock.instant();
        grants.values().removeIf(g -> !g.expires().isAfter(now));
        long lifetime = random.nextLong(shortest.toSeconds(), longest.toSeconds() + 1);
        String token = newToken(app, now, lifetime);
        grants.put(fingerprint(token), new Grant(app, now.plusSeconds(lifetime)));
        return new Issued(token, lifetime);
    }

    /** The app that a token was given to, or null where it is foreign, revoked or expired. */
    SandboxApp appOf(String token) {
        Grant grant = grants.get(fingerprint(token));
        return grant != null && grant.expires().isAfter(clock.instant()) ? grant.app() : null;
    }

    /** No token that is out is valid any more. */
    void revokeAll() {
        grants.clear();
    }

    private String newToken(SandboxApp app, Instant now, long lifetime) {
        ObjectNode header = JSON.createObjectNode()
                .put("typ", "JWT")
                .put("nonce", randomText(32))
                .put("alg", "RS256")
                .put("x5t", randomText(20))
                .put("kid", randomText(20));
        ObjectNode claims = JSON.createObjectNode()
                .put("aud", "https://outlook.office365.com")
                .put("iss", "https://sts.windows.net/" + app.tenant() + "/")
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + lifetime)
                .put("aio", randomText(48))
                .put("appid", app.clientId())
                .put("appidacr", "1")
                .put("idtyp", "app")
                .put("oid", UUID.randomUUID().toString())
                .put("tid", app.tenant())
                .put("uti", randomText(16))
                .put("ver", "1.0")
                .put("rh", randomText(540));
        claims.putArray("roles").add("SMTP.SendAsApp");
        return encode(header) + "." + encode(claims) + "." + randomText(256);
    }

    private static String encode(ObjectNode node) {
        return BASE64.encodeToString(node.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String randomText(int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return BASE64.encodeToString(value);
    }

    private static String fingerprint(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
