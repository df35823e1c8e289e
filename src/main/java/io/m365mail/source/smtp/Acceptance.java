package io.m365mail.source.smtp;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderPriority;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.rewrite.Reports;
import io.m365mail.rewrite.Signed;
import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a whole message into the reply to its final dot. The route runs on a worker thread; only when it has returned
 * without an exception is the answer 250, so 250 means accepted and durable. What takes too long is answered 452: a
 * message that still waited for a worker is then dropped unprocessed, and one whose route commits afterwards is logged,
 * because the client will send it again; {@link UnconfirmedAnswers} then knows it.
 */
final class Acceptance {
    static final Reply BUSY = Reply.of(452, "4.3.1 Too many messages are being accepted, try again later");
    private static final Logger LOG = LoggerFactory.getLogger(Acceptance.class);

    private final String source;
    private final ExecutorService workers;
    private final Semaphore room;
    private final Duration timeout;
    private final boolean headerPriority;
    private final UnconfirmedAnswers unconfirmed;
    private final Intake intake;

    /**
     * What rewrite rules allowed at the door, and the header may forbid.
     *
     * @param repaired line ends were mended, which a signed message does not bear
     * @param reportRefusal the answer to a report, whose sender no rule replaces; null where it may come
     */
    record Reserve(boolean repaired, Reply reportRefusal) {}

    /** The route. */
    @FunctionalInterface
    interface Intake {
        /** Returns the submission's id, or null where the route gave none; throws when it is not accepted. */
        String accept(Submission submission) throws Exception;
    }

    /**
     * @param capacity messages at work and waiting for a worker, at most
     * @param headerPriority the message's header says how urgent it is
     */
    Acceptance(
            String source,
            ExecutorService workers,
            int capacity,
            Duration timeout,
            boolean headerPriority,
            UnconfirmedAnswers unconfirmed,
            Intake intake) {
        this.source = source;
        this.workers = workers;
        this.room = new Semaphore(capacity);
        this.timeout = timeout;
        this.headerPriority = headerPriority;
        this.unconfirmed = unconfirmed;
        this.intake = intake;
    }

    /** False while every worker is busy and the queue is full. */
    boolean hasRoom() {
        return room.availablePermits() > 0;
    }

    /**
     * @param reserve what its header may still speak against
     * @param heard is told what may have to be known later about this answer
     */
    CompletionStage<Reply> accept(Submission submission, Reserve reserve, UnconfirmedAnswers.Answer heard) {
        if (!room.tryAcquire()) {
            return CompletableFuture.completedFuture(BUSY);
        }
        var answer = new CompletableFuture<Reply>();
        try {
            workers.execute(() -> work(submission, reserve, answer, heard));
        } catch (RejectedExecutionException stopping) {
            room.release();
            return CompletableFuture.completedFuture(Reply.of(421, "4.3.2 Service shutting down, try again later"));
        }
        Reply late = Reply.of(452, "4.3.1 The message could not be stored in time, try again later");
        return answer.completeOnTimeout(late, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void work(
            Submission submission, Reserve reserve, CompletableFuture<Reply> answer, UnconfirmedAnswers.Answer heard) {
        try {
            if (answer.isDone()) {
                LOG.warn("{}: a message waited {} for a worker; the client was told to try again", source, timeout);
                return;
            }
            Reply reply = process(submission, reserve, heard);
            if (!answer.complete(reply) && reply.isPositive()) {
                heard.late();
                LOG.warn(
                        "{}: accepted after {} had passed and the client was told to try again: {}",
                        source,
                        timeout,
                        reply.text());
            }
        } finally {
            room.release();
        }
    }

    private Reply process(Submission submission, Reserve reserve, UnconfirmedAnswers.Answer heard) {
        try {
            HeaderBlock header = HeaderBlock.parse(submission.content());
            Reply against = against(header, reserve);
            if (against != null) {
                return against;
            }
            String key = UnconfirmedAnswers.key(submission, header);
            String id = unconfirmed.take(key);
            if (id == null) {
                id = intake.accept(headerPriority ? submission.withPriority(HeaderPriority.of(header)) : submission);
            } else {
                LOG.info("{}: {} comes again, its client did not hear the answer; it is not sent twice", source, id);
            }
            heard.accepted(key, id);
            return Reply.of(250, "2.6.0 " + (id == null ? "" : "<" + id + "> ") + "Queued mail for delivery");
        } catch (Exception e) {
            return refusal(e);
        }
    }

    private Reply against(HeaderBlock header, Reserve reserve) throws IOException {
        String signature = reserve.repaired() ? Signed.by(header) : null;
        if (signature != null) {
            return Reply.of(
                    550,
                    "5.6.11 Invalid characters: a bare CR or LF in a signed message (" + signature
                            + "), which is never altered");
        }
        return reserve.reportRefusal() != null && Reports.is(header) ? reserve.reportRefusal() : null;
    }

    private Reply refusal(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException refused) {
                return refused.reply();
            }
            if (cause instanceof RefusedMessageException refused) {
                return new Reply(refused.code(), refused.enhanced(), refused.getMessage());
            }
        }
        LOG.error("{}: a message was not accepted; the client was told to try again", source, e);
        return Reply.of(452, "4.3.1 The message could not be stored, try again later");
    }
}
