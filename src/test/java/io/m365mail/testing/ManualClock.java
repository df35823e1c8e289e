package io.m365mail.testing;

import io.m365mail.limit.Timing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Time that stands still until a test moves it; who waits for a time that has come is woken. */
public final class ManualClock implements Timing {
    private record Waiting(Lock lock, Condition condition) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private final long start = 1_000_000_000_000L;
    private volatile long nanos = start;
    private volatile Instant origin;

    public ManualClock(Instant origin) {
        this.origin = origin;
    }

    public ManualClock() {
        this(Instant.parse("2026-11-22T08:00:00Z"));
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return origin.plusNanos(nanos - start);
    }

    /** The same time, for who asks a {@link Clock}. */
    public Clock asClock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException("always UTC");
            }
        };
    }

    public void advance(Duration by) {
        List<Waiting> toWake;
        synchronized (waiting) {
            nanos += by.toNanos();
            toWake = List.copyOf(waiting);
        }
        for (Waiting w : toWake) {
            w.lock.lock();
            try {
                w.condition.signalAll();
            } finally {
                w.lock.unlock();
            }
        }
    }

    /** An administrator or NTP sets the wall clock; the steady count goes on. */
    public void stepWallClock(Duration by) {
        origin = origin.plus(by);
    }

    @Override
    public void await(Lock lock, Condition condition, long deadline) throws InterruptedException {
        Waiting me = new Waiting(lock, condition);
        synchronized (waiting) {
            if (nanos >= deadline) {
                return;
            }
            waiting.add(me);
        }
        try {
            condition.await();
        } finally {
            synchronized (waiting) {
                waiting.remove(me);
            }
        }
    }
}
