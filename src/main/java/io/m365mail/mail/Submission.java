package io.m365mail.mail;

import java.time.Instant;

/**
 * One message as a source handed it over: envelope, bytes, and where it came from. Sources make it; nothing after the
 * intake knows which kind of source that was.
 *
 * @param source the name of the configured source
 * @param envelope who gets it
 * @param content the RFC 5322 bytes as they came
 * @param priority JMS scale, 0 to 9; 4 is ordinary
 * @param submitterId the submitter's own id for it (JMS {@code M365Id}), or null
 * @param receivedFrom for the trace header: who handed it over and how, already free of control characters, for
 *     instance {@code printer7 ([10.1.2.3]) with ESMTPS}
 * @param receivedAt when the source had it whole
 * @param sendAt not to be sent before this time, or null; the source has checked it
 * @param onceKey what makes it the same submission when it is handed over again (unique over all sources), or null where
 *     it is a new one each time
 */
public record Submission(
        String source,
        Envelope envelope,
        MailContent content,
        int priority,
        String submitterId,
        String receivedFrom,
        Instant receivedAt,
        Instant sendAt,
        String onceKey) {

    /** At once, and new each time. */
    public Submission(
            String source,
            Envelope envelope,
            MailContent content,
            int priority,
            String submitterId,
            String receivedFrom,
            Instant receivedAt) {
        this(source, envelope, content, priority, submitterId, receivedFrom, receivedAt, null, null);
    }

    public Submission withEnvelope(Envelope other) {
        return new Submission(source, other, content, priority, submitterId, receivedFrom, receivedAt, sendAt, onceKey);
    }

    public Submission withSendAt(Instant when) {
        return new Submission(
                source, envelope, content, priority, submitterId, receivedFrom, receivedAt, when, onceKey);
    }

    public Submission withOnceKey(String key) {
        return new Submission(source, envelope, content, priority, submitterId, receivedFrom, receivedAt, sendAt, key);
    }

    public Submission withPriority(int other) {
        return new Submission(source, envelope, content, other, submitterId, receivedFrom, receivedAt, sendAt, onceKey);
    }
}
