package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import java.time.Duration;
import java.util.Objects;

/**
 * What goes wrong at one stage of one session.
 *
 * @param delay how long the answer is held back, in real time (it tests a client's time-outs)
 * @param reply given instead of the proper one, and nothing is done; null for the proper one
 * @param drop when the connection is lost
 */
record Fault(Duration delay, Reply reply, Drop drop) {
    /** When the connection is lost. */
    enum Drop {
        NEVER,
        /** Before anything is done: after the final dot, the message is not taken. */
        BEFORE,
        /** The work is done and the reply is lost: after the final dot, the message is taken. */
        INSTEAD_OF_REPLY,
        AFTER_REPLY
    }

    static final Fault NONE = new Fault(Duration.ZERO, null, Drop.NEVER);

    Fault {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(drop, "drop");
    }

    /** A refusal from its line; a positive reply without the work behind it would be a lie nobody can test with. */
    static Reply refusal(String line) {
        Reply reply = Replies.line(line);
        if (reply.isPositive()) {
            throw new IllegalArgumentException("a fault's reply must be 4xx or 5xx, not " + reply);
        }
        return reply;
    }

    static Fault reply(Reply reply) {
        return new Fault(Duration.ZERO, reply, Drop.NEVER);
    }

    static Fault drop(Drop when) {
        return new Fault(Duration.ZERO, null, when);
    }

    static Fault delay(Duration time) {
        return new Fault(time, null, Drop.NEVER);
    }
}
