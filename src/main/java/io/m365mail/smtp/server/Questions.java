package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a conversation so that an answer always comes: what it throws, fails or leaves null becomes a reply, and one log
 * line. The client learns nothing of the cause.
 */
final class Questions {
    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);

    private Questions() {}

    static CompletionStage<Reply> put(Supplier<CompletionStage<Reply>> question) {
        try {
            return question.get().thenApply(Questions::notNull);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The reply for a stage that failed. */
    static Reply failed(String server, SmtpPeer peer, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof RefusedException refused) {
            return refused.reply();
        }
        LOG.warn("{}: no answer for {}; the client is told to try again", server, peer, cause);
        return Reply.of(451, "4.3.0 Temporary failure on our side, try again later");
    }

    private static Reply notNull(Reply reply) {
        if (reply == null) {
            throw new IllegalStateException("the conversation answered null");
        }
        return reply;
    }
}
