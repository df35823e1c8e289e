package io.m365mail.handover;

import io.m365mail.config.BundleConfig.Flow;
import io.m365mail.delivery.Outages;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the handovers' housekeeping each second, and a watch for each transport with a fallback in a thread of its own. */
public final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long TICK_MILLIS = 1000;

    private final ScheduledExecutorService threads;

    public Supervisor(
            Handovers handovers,
            Collection<Flow> flows,
            Outages outages,
            ServerProbe probe,
            Clock clock,
            Duration probeInitial,
            Duration probeMaximum) {
        var watches = flows.stream()
                .filter(f -> f.fallback() != null)
                .map(f -> new FallbackWatch(f, handovers, outages, probe, clock, probeInitial, probeMaximum))
                .toList();
        threads = Executors.newScheduledThreadPool(1 + watches.size(), task -> {
            var thread = new Thread(task, "m365-handover");
            thread.setDaemon(true);
            return thread;
        });
        every(handovers::tick);
        watches.forEach(w -> every(w::look));
    }

    private interface Task {
        void run() throws SQLException;
    }

    private void every(Task task) {
        threads.scheduleWithFixedDelay(() -> attempt(task), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void attempt(Task task) {
        try {
            task.run();
        } catch (SQLException | RuntimeException e) {
            // Else the executor would not call it again. The next look may find the broker and the store well.
            if (!threads.isShutdown()) {
                LOG.warn("Queues cannot be handed over or taken back now: {}", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
