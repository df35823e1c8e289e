package io.m365mail.source.smtp;

import io.m365mail.config.SourceConfig;
import io.m365mail.smtp.server.SmtpCredentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The logins of a source. Comparing takes the same time for a wrong name, a wrong password and a right one. */
final class Logins {
    private final Map<String, byte[]> digests = new HashMap<>();

    Logins(List<SourceConfig.User> users) {
        users.forEach(user -> digests.put(user.name(), digest(user.password().reveal())));
    }

    boolean areEmpty() {
        return digests.isEmpty();
    }

    boolean match(SmtpCredentials shown) {
        byte[] known = digests.get(shown.user());
        byte[] digest = digest(shown.secret());
        return MessageDigest.isEqual(known == null ? new byte[digest.length] : known, digest) && known != null;
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
