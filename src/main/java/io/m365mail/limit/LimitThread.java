package io.m365mail.limit;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of the limits: what is to be done soon, and what is done again and again. A task that fails is told of
 * and the next ones run all the same; a round that has failed comes again. Otherwise the other instances would take this
 * one for dead while it goes on to send.
 */
final class LimitThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LimitThread.class);
    private static final int END_SECONDS = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "m365-limits");
        thread.setDaemon(true);
        return thread;
    });

    /** One thing to do; the same failure twice running is told of once. */
    private static final class Task implements Runnable {
        private final Runnable work;
        private String said;

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                work.run();
                said = null;
            } catch (RuntimeException e) {
                if (!e.toString().equals(said)) {
                    LOG.error("A round of the limits failed; it is tried again", e);
                }
                said = e.toString();
            }
        }
    }

    /** Nothing happens after {@link #close}. */
    void soon(Runnable task) {
        try {
            thread.execute(new Task(task));
        } catch (RejectedExecutionException e) {
            // Closing: who closes this writes what is left.
            LOG.debug("gates are closing");
        }
    }

    /** For the first time after the delay, then each period after the end of the time before. */
    void every(long delaySeconds, long periodSeconds, Runnable round) {
        thread.scheduleWithFixedDelay(new Task(round), delaySeconds, periodSeconds, TimeUnit.SECONDS);
    }

    /**
     * Waits until the task is done.
     *
     * @throws IllegalStateException where it failed, or after {@link #close}
     */
    void now(Runnable task) {
        try {
            thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RejectedExecutionException e) {
            throw new IllegalStateException("What other instances have done is not known", e);
        }
    }

    /** What is to be done soon is done first; rounds end. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the store did not take the last answers in 10 s: they count as sent at the next start");
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
