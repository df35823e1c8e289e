package io.m365mail.smtp.client;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a pool, which closes what is not needed any more, as a server may be slow to answer QUIT. It begins with
 * the pool's first connection, so that a transport without mail costs none, and ends with the pool, as does what it had
 * still to do. The pool's lock guards it.
 */
final class PoolHousekeeper {
    private final String name;
    private final Runnable round;
    private ScheduledExecutorService thread;

    /** @param round what is done every second */
    PoolHousekeeper(String server, Runnable round) {
        this.name = "m365-smtp-pool-" + server;
        this.round = round;
    }

    void begin() {
        if (thread == null) {
            thread = Executors.newSingleThreadScheduledExecutor(work -> {
                var made = new Thread(work, name);
                made.setDaemon(true);
                return made;
            });
            thread.scheduleWithFixedDelay(round, 1, 1, TimeUnit.SECONDS);
        }
    }

    /** Nothing happens before {@link #begin} and after {@link #end}: there are no connections then. */
    void soon(Runnable work) {
        if (thread != null && !thread.isShutdown()) {
            thread.execute(work);
        }
    }

    void end() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
