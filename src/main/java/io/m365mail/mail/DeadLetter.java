package io.m365mail.mail;

import java.time.Instant;
import java.util.List;

/**
 * A message, or some of its recipients, that cannot be delivered: kept with its reason, and with all that is needed to
 * send it again.
 *
 * @param id of the dead letter
 * @param at when it died
 * @param submissionId of the submission, or null where it was never accepted as one
 * @param source the source's name
 * @param transport the transport that refused it, or null where none was reached
 * @param envelope with the dead recipients only; may have none where that is what was wrong
 * @param causes for each recipient, in the envelope's order: what the server said
 * @param reason one sentence for people, without control characters
 * @param attempts transactions that were tried
 * @param priority JMS scale
 * @param submitterId the submitter's own id, or null
 * @param acceptedAt when the submission was accepted, or null
 * @param content the bytes as they would have been sent
 * @param copy a copy for the existing server ({@code copy-to}), not one of the submission's recipients
 */
public record DeadLetter(
        String id,
        Instant at,
        String submissionId,
        String source,
        String transport,
        Envelope envelope,
        List<Cause> causes,
        String reason,
        int attempts,
        int priority,
        String submitterId,
        Instant acceptedAt,
        MailContent content,
        boolean copy) {

    public DeadLetter {
        causes = List.copyOf(causes);
    }

    /** One that is no copy. */
    public DeadLetter(
            String id,
            Instant at,
            String submissionId,
            String source,
            String transport,
            Envelope envelope,
            List<Cause> causes,
            String reason,
            int attempts,
            int priority,
            String submitterId,
            Instant acceptedAt,
            MailContent content) {
        this(
                id,
                at,
                submissionId,
                source,
                transport,
                envelope,
                causes,
                reason,
                attempts,
                priority,
                submitterId,
                acceptedAt,
                content,
                false);
    }

    /**
     * @param address the recipient
     * @param code of the reply; 0 where there was none
     * @param enhanced status code, or null
     * @param text of the reply
     * @param stage where it was given, or null
     * @param server who answered, or null
     */
    public record Cause(String address, int code, String enhanced, String text, String stage, String server) {}
}
