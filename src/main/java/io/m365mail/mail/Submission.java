package io.m365mail.mail;

import java.net.InetAddress;
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
 * @param client where an SMTP client connected from, or null: other sources have none
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
        String onceKey,
        InetAddress client) {

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

    /** Of a source without clients of its own. */
    public Submission(
            String source,
            Envelope envelope,
            MailContent content,
            int priority,
            String submitterId,
            String receivedFrom,
            Instant receivedAt,
            Instant sendAt,
            String onceKey) {
        this(source, envelope, content, priority, submitterId, receivedFrom, receivedAt, sendAt, onceKey, null);
    }

    public Submission withEnvelope(Envelope other) {
        return with(other, content, priority, sendAt, onceKey, client);
    }

    public Submission withContent(MailContent other) {
        return with(envelope, other, priority, sendAt, onceKey, client);
    }

    public Submission withSendAt(Instant when) {
        return with(envelope, content, priority, when, onceKey, client);
    }

    public Submission withOnceKey(String key) {
        return with(envelope, content, priority, sendAt, key, client);
    }

    public Submission withPriority(int other) {
        return with(envelope, content, other, sendAt, onceKey, client);
    }

    public Submission withClient(InetAddress address) {
        return with(envelope, content, priority, sendAt, onceKey, address);
    }

    private Submission with(
            Envelope itsEnvelope, MailContent bytes, int urgency, Instant when, String key, InetAddress address) {
        return new Submission(
                source, itsEnvelope, bytes, urgency, submitterId, receivedFrom, receivedAt, when, key, address);
    }
}
