package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The lines of one AUTH exchange (RFC 4954): LOGIN as Exchange Online speaks it, PLAIN (RFC 4616) and XOAUTH2. It only
 * unpacks what the client shows; whether that is enough is the conversation's business.
 */
final class SaslExchange {
    private final String mechanism;
    private String user;

    /** @param mechanism {@code LOGIN}, {@code PLAIN} or {@code XOAUTH2} */
    SaslExchange(String mechanism) {
        this.mechanism = mechanism;
    }

    /** The challenge that stands before the next response, in base64 as it goes on the wire. */
    String challenge() {
        if (!mechanism.equals("LOGIN")) {
            return "";
        }
        return user == null ? "VXNlcm5hbWU6" : "UGFzc3dvcmQ6";
    }

    /**
     * Takes one response.
     *
     * @return the credentials, or null when another challenge is due
     * @throws RefusedException when it is no valid response, or cancels with {@code *}
     */
    SmtpCredentials response(String line) {
        if (line.equals("*")) {
            throw new RefusedException(501, "5.7.0 Authentication cancelled");
        }
        // RFC 4954 section 4: "=" is an empty initial response.
        String text = decode(line.equals("=") ? "" : line);
        return switch (mechanism) {
            case "LOGIN" -> login(text);
            case "PLAIN" -> plain(text);
            default -> xoauth2(text);
        };
    }

    private SmtpCredentials login(String text) {
        if (user == null) {
            user = text;
            return null;
        }
        return new SmtpCredentials(mechanism, user, text);
    }

    /** authzid NUL authcid NUL password. Acting for somebody else is not offered. */
    private SmtpCredentials plain(String text) {
        String[] parts = text.split("\0", -1);
        if (parts.length != 3 || !parts[0].isEmpty() && !parts[0].equals(parts[1])) {
            throw new RefusedException(501, "5.5.2 Malformed AUTH PLAIN response");
        }
        return new SmtpCredentials(mechanism, parts[1], parts[2]);
    }

    /** {@code user=U ^A auth=Bearer T ^A ^A}. */
    private SmtpCredentials xoauth2(String text) {
        String name = null;
        String token = null;
        for (String part : text.split("\1")) {
            if (part.regionMatches(true, 0, "user=", 0, 5)) {
                name = part.substring(5);
            } else if (part.regionMatches(true, 0, "auth=Bearer ", 0, 12)) {
                token = part.substring(12);
            }
        }
        if (name == null || token == null || !text.endsWith("\1\1")) {
            throw new RefusedException(501, "5.5.2 Malformed AUTH XOAUTH2 response");
        }
        return new SmtpCredentials(mechanism, name, token);
    }

    private static String decode(String base64) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new RefusedException(501, "5.5.2 Cannot decode the base64 of the AUTH response");
        }
    }
}
