package io.m365mail.limit;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * Time as the limits need it: a steady count for windows, which no clock change can bend, the wall clock for what is
 * stored, and waiting. Tests put their own in, so that a minute and a day pass in milliseconds.
 */
public interface Timing {
    /** A steady count in nanoseconds; only differences mean something. */
    long nanos();

    Instant now();

    /**
     * Waits until signalled or until {@link #nanos()} reaches the deadline; may return early.
     *
     * @param lock held by the caller
     * @param condition of that lock
     */
    void await(Lock lock, Condition condition, long deadline) throws InterruptedException;

    /** The machine's clocks. */
    Timing SYSTEM = new Timing() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void await(Lock lock, Condition condition, long deadline) throws InterruptedException {
            long left = deadline - System.nanoTime();
            if (left > 0) {
                condition.await(left, TimeUnit.NANOSECONDS);
            }
        }
    };
}
