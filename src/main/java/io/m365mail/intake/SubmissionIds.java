package io.m365mail.intake;

import java.security.SecureRandom;
import java.time.Clock;

/**
 * Makes ids: the time in milliseconds (9 letters of base 32) and 65 random bits (13 letters), so that ids sort by time
 * and no two instances make the same. Only letters and digits that cannot be mistaken for each other (Crockford), so
 * that an id can stand in a header, a file name, a selector and a telephone call.
 */
public final class SubmissionIds {
    private static final char[] LETTERS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int TIME_LETTERS = 9;
    private static final int RANDOM_LETTERS = 13;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public SubmissionIds(Clock clock) {
        this.clock = clock;
    }

    public String next() {
        var id = new char[TIME_LETTERS + RANDOM_LETTERS];
        long time = clock.millis();
        for (int i = TIME_LETTERS - 1; i >= 0; i--) {
            id[i] = LETTERS[(int) (time & 31)];
            time >>>= 5;
        }
        byte[] bytes = new byte[RANDOM_LETTERS];
        random.nextBytes(bytes);
        for (int i = 0; i < RANDOM_LETTERS; i++) {
            id[TIME_LETTERS + i] = LETTERS[bytes[i] & 31];
        }
        return new String(id);
    }
}
