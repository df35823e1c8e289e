package io.m365mail.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers that come later. Delays of the network kind run in real time. Delays of the limits run by the sandbox's
 * clock, which a test may move by hand: so they look at it again every few milliseconds until its time has come.
 */
final class Delays {
    private static final Duration GLANCE = Duration.ofMillis(10);

    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final AtomicInteger waiting = new AtomicInteger();

    Delays(Clock clock, ScheduledExecutorService timer) {
        this.clock = clock;
        this.timer = timer;
    }

    /** Completes after a time; at once, in the same thread, when it is zero. */
    CompletableFuture<Void> after(Duration time) {
        if (time.isZero()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(() -> {}, delayed(time));
    }

    /** Completes when the sandbox's clock has come to an instant; at once when it has. */
    CompletableFuture<Void> until(Instant instant) {
        waiting.incrementAndGet();
        return glance(instant).whenComplete((done, failure) -> waiting.decrementAndGet());
    }

    /** How many wait for the sandbox's clock now. */
    int waiting() {
        return waiting.get();
    }

    private CompletableFuture<Void> glance(Instant instant) {
        Duration left = Duration.between(clock.instant(), instant);
        if (left.isNegative() || left.isZero()) {
            return CompletableFuture.completedFuture(null);
        }
        Duration wait = left.compareTo(GLANCE) < 0 ? left : GLANCE;
        return CompletableFuture.runAsync(() -> {}, delayed(wait)).thenCompose(done -> glance(instant));
    }

    private Executor delayed(Duration time) {
        return task -> timer.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
