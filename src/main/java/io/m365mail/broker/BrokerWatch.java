package io.m365mail.broker;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Can the broker take messages? One thread asks it once a second; whoever accepts reads the last answer and never waits.
 * No answer for a while is a problem too, also while the question still hangs. So in an outage sources refuse at once
 * instead of each thread finding out by a time-out. A second thread reports: one line when an outage begins and one when
 * it is over.
 */
public final class BrokerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);
    private static final long PERIOD_MILLIS = 1000;

    private final Look look;
    private final String name;
    private final long patience;
    private final ScheduledExecutorService looking;
    private volatile BrokerProblem found;
    private volatile long lastAnswer = System.nanoTime();
    private boolean reported;
    private long since;

    /** One question. */
    @FunctionalInterface
    public interface Look {
        /** Why nothing can be accepted, or null; may throw when there is no answer. */
        BrokerProblem ask();
    }

    /**
     * @param name the broker, for the log
     * @param patience without an answer
     */
    public BrokerWatch(String name, Duration patience, Look look) {
        this.name = name;
        this.patience = patience.toNanos();
        this.look = look;
        looking = Executors.newScheduledThreadPool(2, task -> {
            var thread = new Thread(task, "m365-broker-watch");
            thread.setDaemon(true);
            return thread;
        });
        looking.scheduleWithFixedDelay(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        looking.scheduleWithFixedDelay(this::report, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why nothing can be accepted now, or null. */
    public BrokerProblem problem() {
        BrokerProblem now = found;
        return now == null && System.nanoTime() - lastAnswer > patience
                ? BrokerProblem.away(name + " has not answered for "
                        + Duration.ofNanos(System.nanoTime() - lastAnswer).toSeconds() + " s")
                : now;
    }

    private void look() {
        try {
            found = look.ask();
            lastAnswer = System.nanoTime();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            found = BrokerProblem.away(name + " does not answer: " + cause.getMessage());
        }
        report();
    }

    /** After each answer, so that no outage is too short to be told, and by itself while there is none. */
    private synchronized void report() {
        BrokerProblem now = problem();
        if (!reported && now != null) {
            since = System.nanoTime();
            LOG.error("Nothing is accepted, and submitters are told to try again: {}", now.detail());
        } else if (reported && now == null) {
            LOG.info(
                    "{} takes messages again, after {} s",
                    name,
                    Duration.ofNanos(System.nanoTime() - since).toSeconds());
        }
        reported = now != null;
    }

    @Override
    public void close() throws InterruptedException {
        looking.shutdownNow();
        looking.awaitTermination(10, TimeUnit.SECONDS);
    }
}
