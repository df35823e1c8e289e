package io.m365mail.broker;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Scheduled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The head of a message in our queues as it is stored: everything but the bytes of the mail. Written as JSON in front of
 * them, so that an envelope of any length travels in the message and not in properties.
 *
 * <p>A later version may add fields; it reads the ones that are missing as null or 0.
 *
 * @param body where a large body lies, or null where the bytes follow
 * @param tried the waits between a delivery's attempts, in milliseconds
 */
record StoredMessage(
        String id,
        String submissionId,
        String source,
        String transport,
        Route envelope,
        int priority,
        String submitterId,
        long acceptedAt,
        int attempts,
        long notBefore,
        String lastReply,
        long deadAt,
        String reason,
        List<DeadLetter.Cause> causes,
        BodyRef body,
        long tried,
        boolean copy,
        boolean uncertain) {

    /** The envelope with short names, since it can be long. */
    record Route(String from, List<To> to, boolean utf8, boolean eightBit, String ret, String envid) {}

    record To(String a, String n, String o) {}

    static StoredMessage of(Delivery d, BodyRef body) {
        return new StoredMessage(
                d.id(),
                d.submissionId(),
                d.source(),
                d.transport(),
                route(d.envelope()),
                d.priority(),
                d.submitterId(),
                millis(d.acceptedAt()),
                d.attempts(),
                millis(d.notBefore()),
                d.lastReply(),
                0,
                null,
                null,
                body,
                d.tried().toMillis(),
                d.copy(),
                d.uncertain());
    }

    static StoredMessage of(DeadLetter d, BodyRef body) {
        return new StoredMessage(
                d.id(),
                d.submissionId(),
                d.source(),
                d.transport(),
                route(d.envelope()),
                d.priority(),
                d.submitterId(),
                millis(d.acceptedAt()),
                d.attempts(),
                0,
                null,
                millis(d.at()),
                d.reason(),
                d.causes(),
                body,
                0,
                d.copy(),
                false);
    }

    static StoredMessage of(Scheduled s, BodyRef body) {
        return new StoredMessage(
                s.id(),
                s.id(),
                s.source(),
                null,
                route(s.envelope()),
                s.priority(),
                s.submitterId(),
                millis(s.acceptedAt()),
                0,
                millis(s.sendAt()),
                null,
                0,
                null,
                null,
                body,
                0,
                false,
                false);
    }

    Delivery delivery(MailContent content) {
        return new Delivery(
                id,
                submissionId,
                source,
                transport,
                toEnvelope(),
                content,
                priority,
                submitterId,
                instant(acceptedAt),
                attempts,
                instant(notBefore),
                lastReply,
                Duration.ofMillis(tried),
                copy,
                uncertain);
    }

    DeadLetter deadLetter(MailContent content) {
        return new DeadLetter(
                id,
                instant(deadAt),
                submissionId,
                source,
                transport,
                toEnvelope(),
                causes == null ? List.of() : causes,
                reason,
                attempts,
                priority,
                submitterId,
                instant(acceptedAt),
                content,
                copy);
    }

    Scheduled scheduled(MailContent content) {
        return new Scheduled(
                id, source, toEnvelope(), content, priority, submitterId, instant(acceptedAt), instant(notBefore));
    }

    private static long millis(Instant t) {
        return t == null ? 0 : t.toEpochMilli();
    }

    private static Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    private static Route route(Envelope e) {
        return new Route(
                e.from(),
                e.recipients().stream()
                        .map(r -> new To(r.address(), r.dsn(), r.orcpt()))
                        .toList(),
                e.smtpUtf8(),
                e.eightBit(),
                e.ret(),
                e.envid());
    }

    private Envelope toEnvelope() {
        return new Envelope(
                envelope.from(),
                envelope.to().stream()
                        .map(t -> new Recipient(t.a(), t.n(), t.o()))
                        .toList(),
                envelope.utf8(),
                envelope.eightBit(),
                envelope.ret(),
                envelope.envid());
    }
}
