package io.m365mail.smtp.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection that is silent or too slow. A command must be whole within the idle time-out, however its octets
 * drip. Data must never pause longer than that, and after one time-out of grace must have come at the minimum rate.
 * While the server owes a reply the clock stands still. Belongs to the event loop; one timer for each connection, which
 * is set again rather than cancelled, since deadlines only move away.
 */
final class Watchdog {
    private final EventLoop loop;
    private final long idleNanos;
    private final double nanosPerByte;
    private final Runnable timeout;
    private Future<?> timer;
    private long lastStep = System.nanoTime();
    private boolean paused;
    private boolean data;
    private long dataStart;
    private long dataBytes;

    Watchdog(EventLoop loop, long idleNanos, long bytesPerSecond, Runnable timeout) {
        this.loop = loop;
        this.idleNanos = idleNanos;
        this.nanosPerByte = 1e9 / bytesPerSecond;
        this.timeout = timeout;
        schedule(idleNanos);
    }

    /** A command was read, or a reply is on its way. */
    void step() {
        lastStep = System.nanoTime();
    }

    /** The server owes a reply, or owes none any more. */
    void pause(boolean owing) {
        paused = owing;
        step();
    }

    /** Message octets are expected from here on. */
    void dataBegins() {
        data = true;
        dataStart = System.nanoTime();
        dataBytes = 0;
    }

    void dataEnds() {
        data = false;
        step();
    }

    void dataBytes(long more) {
        dataBytes += more;
        step();
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private long remaining() {
        long now = System.nanoTime();
        if (paused) {
            return idleNanos;
        }
        long silent = lastStep + idleNanos - now;
        long slow = dataStart + idleNanos + (long) (dataBytes * nanosPerByte) - now;
        return data ? Math.min(silent, slow) : silent;
    }

    private void check() {
        long remaining = remaining();
        if (remaining <= 0) {
            timeout.run();
        } else {
            schedule(remaining);
        }
    }

    private void schedule(long nanos) {
        timer = loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }
}
