package io.m365mail.broker;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.Recipient;
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

    static Route route(Envelope e) {
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

    Envelope toEnvelope() {
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
