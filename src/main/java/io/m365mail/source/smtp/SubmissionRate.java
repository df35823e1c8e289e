package io.m365mail.source.smtp;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Messages a minute for each client: no 60 seconds hold more than the limit. It remembers the time of each message of
 * the last minute, and forgets clients that were silent so long.
 */
final class SubmissionRate {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final int limit;
    private final LongSupplier nanoTime;
    private final Map<String, ArrayDeque<Long>> times = new HashMap<>();
    private long lastSweep;

    /** @param limit messages a minute; 0 is no limit */
    SubmissionRate(int limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.lastSweep = nanoTime.getAsLong();
    }

    /** Counts one message, unless it must wait. Returns the seconds to wait, or 0. */
    synchronized long tryAcquire(String client) {
        if (limit == 0) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        long wait = secondsToWait(client, now);
        if (wait == 0) {
            times.computeIfAbsent(client, c -> new ArrayDeque<>()).addLast(now);
        }
        sweep(now);
        return wait;
    }

    /** The seconds that a message of this client would have to wait now, or 0. */
    synchronized long secondsToWait(String client) {
        return limit == 0 ? 0 : secondsToWait(client, nanoTime.getAsLong());
    }

    private long secondsToWait(String client, long now) {
        ArrayDeque<Long> last = times.get(client);
        if (last == null) {
            return 0;
        }
        while (!last.isEmpty() && now - last.peekFirst() >= MINUTE) {
            last.removeFirst();
        }
        return last.size() < limit ? 0 : 1 + (MINUTE - (now - last.peekFirst())) / TimeUnit.SECONDS.toNanos(1);
    }

    private void sweep(long now) {
        if (now - lastSweep >= MINUTE) {
            lastSweep = now;
            times.values().removeIf(last -> last.isEmpty() || now - last.peekLast() >= MINUTE);
        }
    }
}
