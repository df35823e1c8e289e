package io.m365mail.mail;

import java.time.Duration;
import java.time.Instant;

/**
 * One transaction to be made on one transport: a part of a submission's recipients, and the bytes. It is what a message
 * in a transport's queue holds. Immutable: a verdict makes a new one for the recipients that are still open.
 *
 * @param id of this delivery; stays through its retries
 * @param submissionId of the submission it is part of
 * @param source the source's name
 * @param transport the transport's name
 * @param envelope the recipients still open on this delivery
 * @param content what is to be sent, trace headers included
 * @param priority JMS scale, 0 to 9
 * @param submitterId the submitter's own id, or null
 * @param acceptedAt when the submission was accepted
 * @param attempts how many transactions were answered with "not now" so far
 * @param notBefore not to be tried before this time, or null
 * @param lastReply the last reply that put it off, or null
 * @param tried the waits between its attempts so far, which its lifetime bounds; how long it lay ready while its
 *     transport was held, parked or busy is not in it
 */
public record Delivery(
        String id,
        String submissionId,
        String source,
        String transport,
        Envelope envelope,
        MailContent content,
        int priority,
        String submitterId,
        Instant acceptedAt,
        int attempts,
        Instant notBefore,
        String lastReply,
        Duration tried)
        implements Queued {

    /** The same delivery for the recipients that are still open, not before {@code when} (null: at once). */
    public Delivery putOff(Envelope open, Instant when, int attemptsSoFar, String reply, Duration triedSoFar) {
        return new Delivery(
                id,
                submissionId,
                source,
                transport,
                open,
                content,
                priority,
                submitterId,
                acceptedAt,
                attemptsSoFar,
                when,
                reply,
                triedSoFar);
    }

    @Override
    public Delivery withContent(MailContent other) {
        return new Delivery(
                id,
                submissionId,
                source,
                transport,
                envelope,
                other,
                priority,
                submitterId,
                acceptedAt,
                attempts,
                notBefore,
                lastReply,
                tried);
    }

    public Delivery withId(String other) {
        return new Delivery(
                other,
                submissionId,
                source,
                transport,
                envelope,
                content,
                priority,
                submitterId,
                acceptedAt,
                attempts,
                notBefore,
                lastReply,
                tried);
    }
}
