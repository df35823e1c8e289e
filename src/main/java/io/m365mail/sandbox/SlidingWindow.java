package io.m365mail.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts what happened in the last so-and-so long: an entry of time {@code t} counts until just before {@code t +
 * length}. Not safe for threads; its owner locks.
 */
final class SlidingWindow {
    private record Entry(Instant at, long count) {}

    private final Duration length;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long sum;

    SlidingWindow(Duration length) {
        this.length = length;
    }

    void add(Instant at, long count) {
        entries.addLast(new Entry(at, count));
        sum += count;
    }

    /** What counts at {@code now}. */
    long sum(Instant now) {
        while (!entries.isEmpty() && !entries.peekFirst().at().plus(length).isAfter(now)) {
            sum -= entries.removeFirst().count();
        }
        return sum;
    }

    void clear() {
        entries.clear();
        sum = 0;
    }
}
