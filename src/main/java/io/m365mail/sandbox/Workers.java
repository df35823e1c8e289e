package io.m365mail.sandbox;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** The threads of a sandbox: one that waits, two for work that takes longer than an event loop may. */
final class Workers implements AutoCloseable {
    private final ScheduledExecutorService timer;
    private final ExecutorService workers;
    private final Delays delays;

    Workers(String name, Clock clock) {
        timer = Executors.newSingleThreadScheduledExecutor(daemon(name + "-timer"));
        workers = Executors.newFixedThreadPool(2, daemon(name + "-worker"));
        delays = new Delays(clock, timer);
    }

    Delays delays() {
        return delays;
    }

    Executor executor() {
        return workers;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
