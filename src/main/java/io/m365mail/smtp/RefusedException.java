package io.m365mail.smtp;

import java.util.Objects;

/**
 * Something was refused and the submitter is to hear these words. Thrown by a route or a parser; the server answers with
 * the reply as it is. Anything else that is thrown counts as a failure of ours and is answered {@code 452} or
 * {@code 451}.
 */
public final class RefusedException extends RuntimeException {
    private final transient Reply reply;

    /** @param reply a {@code 4xx} or {@code 5xx} reply */
    public RefusedException(Reply reply) {
        super(reply.toString());
        if (reply.isPositive()) {
            throw new IllegalArgumentException("a refusal needs a 4xx or 5xx reply, not " + reply);
        }
        this.reply = Objects.requireNonNull(reply);
    }

    public RefusedException(int code, String text) {
        this(Reply.of(code, text));
    }

    public Reply reply() {
        return reply;
    }
}
