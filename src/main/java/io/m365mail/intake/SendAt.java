package io.m365mail.intake;

import io.m365mail.mail.RefusedMessageException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** When a submitter wants a message to leave: ISO 8601 with an offset, at most 366 days ahead; the past means at once. */
public final class SendAt {
    private static final Duration FURTHEST = Duration.ofDays(366);
    private static final int SHOWN = 40;

    private SendAt() {}

    /**
     * @param field where it was said, for the refusal
     * @return null where nothing was said
     * @throws RefusedMessageException 501 5.5.4 for what is no time
     */
    public static Instant parse(String field, String text) throws RefusedMessageException {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeException e) {
            String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
            throw new RefusedMessageException(
                    501,
                    "5.5.4",
                    field + " is no date and time with offset: "
                            + clean.substring(0, Math.min(SHOWN, clean.length()))
                            + "; write it as 2026-11-22T07:00:00Z or 2026-11-22T08:00:00+01:00");
        }
    }

    /**
     * The time that is left to wait for, or null when it is due.
     *
     * @throws RefusedMessageException 501 5.5.4 for one that is too far ahead
     */
    static Instant later(Instant sendAt, Clock clock) throws RefusedMessageException {
        Instant now = clock.instant();
        if (sendAt == null || !sendAt.isAfter(now)) {
            return null;
        }
        if (sendAt.isAfter(now.plus(FURTHEST))) {
            throw new RefusedMessageException(
                    501, "5.5.4", "The send time " + sendAt + " is more than " + FURTHEST.toDays() + " days ahead");
        }
        return sendAt;
    }
}
