package io.m365mail.mail;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of messages may be in the heap at one time, over all sources that share it. Whoever takes bytes gives
 * the same number back. It never blocks: a source that gets nothing says "not now" (SMTP 452) or waits.
 */
public final class InFlightBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit in bytes */
    public InFlightBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("a budget needs at least one byte, not " + limit);
        }
        this.limit = limit;
    }

    /** A quarter of the largest heap that this JVM may use. */
    public static InFlightBudget ofHeap() {
        return new InFlightBudget(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Takes {@code bytes}, or nothing when they do not fit. */
    public boolean tryAcquire(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Bytes taken now. */
    public long used() {
        return used.get();
    }

    /** Bytes that may be taken at most. */
    public long limit() {
        return limit;
    }
}
