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
 * @param copy a copy for the existing server ({@code copy-to}): none of the submission's recipients depends on it
 * @param uncertain the server may have taken it already: it must not move to another transport
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
        Duration tried,
        boolean copy,
        boolean uncertain)
        implements Queued {

    /** One that is no copy and was not sent yet. */
    public Delivery(
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
            Duration tried) {
        this(
                id,
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
                tried,
                false,
                false);
    }

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
                triedSoFar,
                copy,
                uncertain);
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
                tried,
                copy,
                uncertain);
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
                tried,
                copy,
                uncertain);
    }

    /** The same delivery as a copy for the existing server. */
    public Delivery asCopy() {
        return with(transport, envelope, notBefore, true, uncertain);
    }

    /** The same delivery, whose outcome is unknown from now on. */
    public Delivery asUncertain() {
        return with(transport, envelope, notBefore, copy, true);
    }

    /** On its way by another transport, to be tried at once. */
    public Delivery movedTo(String other, Envelope open) {
        return with(other, open, null, copy, false);
    }

    private Delivery with(String by, Envelope open, Instant when, boolean isCopy, boolean isUncertain) {
        return new Delivery(
                id,
                submissionId,
                source,
                by,
                open,
                content,
                priority,
                submitterId,
                acceptedAt,
                attempts,
                when,
                lastReply,
                tried,
                isCopy,
                isUncertain);
    }
}
