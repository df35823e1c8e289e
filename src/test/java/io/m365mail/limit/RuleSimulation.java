package io.m365mail.limit;

import io.m365mail.limit.Gate.Place;
import io.m365mail.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;

/**
 * A day in fast motion: senders at full load through one or more gates, and a server with its own clock, which counts
 * each message at a random moment between MAIL and its reply. Keeps what the server saw, for an independent check.
 */
final class RuleSimulation {
    private static final long MS = 1_000_000;

    private final ManualClock clock;
    private final Random random;
    /** When the server counted each message. */
    final List<Long> stamps = new ArrayList<>();

    int started;
    private final PriorityQueue<Reply> replies = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
    private final TreeSet<Long> moments = new TreeSet<>();

    private record Reply(long at, Place place) {}

    RuleSimulation(ManualClock clock, Random random) {
        this.clock = clock;
        this.random = random;
    }

    /** Sends as fast as the gates allow, for so long. */
    void run(List<? extends Gate> gates, Duration duration) throws InterruptedException {
        long end = clock.nanos() + duration.toNanos();
        while (clock.nanos() < end) {
            while (!replies.isEmpty() && replies.peek().at <= clock.nanos()) {
                replies.poll().place.close();
                // The next moment at which the rule, or another instance's grace, may open a gate.
                moments.add(clock.nanos() + 60_100 * MS);
                moments.add(clock.nanos() + 60_301 * MS);
            }
            gates.forEach(this::startAll);
            Long next = moments.higher(clock.nanos());
            long step = Math.min(end, Math.min(next == null ? end : next, replies.isEmpty() ? end : replies.peek().at));
            clock.advance(Duration.ofNanos(step - clock.nanos()));
            moments.headSet(clock.nanos(), false).clear();
        }
    }

    private void startAll(Gate gate) {
        try {
            for (Place place = gate.await(Duration.ZERO); place != null; place = gate.await(Duration.ZERO)) {
                if (place.reserve(1) != null) {
                    place.close();
                    return;
                }
                long latency = latency();
                long counted = clock.nanos() + (long) (random.nextDouble() * latency);
                stamps.add(counted);
                started++;
                replies.add(new Reply(clock.nanos() + latency, place));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Mostly a second, sometimes twenty, now and then one that hangs for minutes. */
    private long latency() {
        int kind = random.nextInt(100);
        long max = kind < 90 ? 1_500 : kind < 99 ? 20_000 : 300_000;
        return (50 + random.nextInt((int) max)) * MS;
    }

    /** The process is gone: no reply is seen any more; what the server has not counted by now it never gets. */
    void crash() {
        replies.clear();
        stamps.removeIf(stamp -> stamp > clock.nanos());
        moments.add(clock.nanos() + 60_100 * MS);
    }

    /** The most messages that the server saw in any window. */
    int most(Duration window) {
        long[] sorted = stamps.stream().mapToLong(Long::longValue).sorted().toArray();
        int most = 0;
        int from = 0;
        for (int i = 0; i < sorted.length; i++) {
            while (sorted[i] - sorted[from] > window.toNanos()) {
                from++;
            }
            most = Math.max(most, i - from + 1);
        }
        return most;
    }

    /** What the rule allows at best with such latencies and connections: a model in the plainest words. */
    static int allowed(Random random, Duration duration, int limit, int connections) {
        RuleSimulation dice = new RuleSimulation(new ManualClock(), random);
        PriorityQueue<Long> unanswered = new PriorityQueue<>();
        PriorityQueue<Long> frees = new PriorityQueue<>();
        int count = 0;
        long now = 0;
        while (now < duration.toNanos()) {
            while (!unanswered.isEmpty() && unanswered.peek() <= now) {
                frees.add(unanswered.poll() + 60_100 * MS);
            }
            while (!frees.isEmpty() && frees.peek() <= now) {
                frees.poll();
            }
            if (unanswered.size() < connections && unanswered.size() + frees.size() < limit) {
                long latency = dice.latency();
                dice.random.nextDouble();
                unanswered.add(now + latency);
                count++;
            } else {
                long reply = unanswered.isEmpty() ? Long.MAX_VALUE : unanswered.peek();
                now = Math.min(reply, frees.isEmpty() ? Long.MAX_VALUE : frees.peek());
            }
        }
        return count;
    }
}
