package io.m365mail.limit;

import java.time.Duration;
import java.time.Instant;

/**
 * Open, held or parked, and when a held gate may be probed. Not safe for threads by itself: the gate's lock guards it.
 * The first probe comes after {@code initial}; each one that fails doubles the wait, up to {@code maximum}.
 */
final class GateMode {
    private final Timing timing;
    private final Duration initial;
    private final Duration maximum;

    private Gate.Mode mode = Gate.Mode.OPEN;
    private String reason;
    private Instant since;
    private Instant until;
    private Duration interval;
    private long nextProbe;
    private boolean probing;
    private boolean stopped;

    GateMode(Timing timing, Duration initial, Duration maximum) {
        this.timing = timing;
        this.initial = initial;
        this.maximum = maximum;
    }

    Gate.Mode mode() {
        return mode;
    }

    String reason() {
        return reason;
    }

    Instant until() {
        return until;
    }

    /** What {@link GateStates} stored. */
    void restore(Gate.State stored) {
        if (stored.stopped()) {
            stop(stored.reason());
        } else if (stored.mode() == Gate.Mode.HELD) {
            hold(stored.reason());
        } else {
            park(stored.until(), stored.reason());
        }
        since = stored.since();
    }

    /** @return false where it was held before: then only the reason is new */
    boolean hold(String why) {
        if (stopped) {
            return false;
        }
        reason = why;
        if (mode == Gate.Mode.HELD) {
            return false;
        }
        if (mode == Gate.Mode.OPEN) {
            since = timing.now();
        }
        mode = Gate.Mode.HELD;
        until = null;
        interval = initial;
        nextProbe = timing.nanos() + interval.toNanos();
        return true;
    }

    /** A hold without probes; what a reply says does not change it. */
    void stop(String why) {
        hold(why);
        reason = why;
        stopped = true;
    }

    boolean stopped() {
        return stopped;
    }

    /** A hold is stronger; of two parks the later end holds. @return whether anything changed */
    boolean park(Instant end, String why) {
        if (mode == Gate.Mode.HELD || (mode == Gate.Mode.PARKED && !end.isAfter(until))) {
            return false;
        }
        if (mode == Gate.Mode.OPEN) {
            since = timing.now();
        }
        mode = Gate.Mode.PARKED;
        reason = why;
        until = end;
        return true;
    }

    /** @return whether it was not open */
    boolean open() {
        boolean was = mode != Gate.Mode.OPEN;
        mode = Gate.Mode.OPEN;
        reason = null;
        since = null;
        until = null;
        stopped = false;
        return was;
    }

    boolean parkIsOver() {
        return mode == Gate.Mode.PARKED && !timing.now().isBefore(until);
    }

    boolean mayGive(long now) {
        return mode == Gate.Mode.OPEN || (mode == Gate.Mode.HELD && !stopped && !probing && now >= nextProbe);
    }

    /** When a place may be given at the earliest, by the steady clock; {@link Long#MAX_VALUE} if only an event tells. */
    long nextChange(long now) {
        return switch (mode) {
            case OPEN -> Long.MAX_VALUE;
            case PARKED ->
                now + Math.max(0, Duration.between(timing.now(), until).toNanos());
            case HELD -> stopped || probing || now >= nextProbe ? Long.MAX_VALUE : nextProbe;
        };
    }

    void probeStarts() {
        probing = true;
    }

    /** @param tried whether a message was sent with it. @return the time of the next probe if this one failed, else null */
    Instant probeEnds(boolean tried) {
        probing = false;
        if (!tried || mode != Gate.Mode.HELD || stopped) {
            return null;
        }
        Duration doubled = interval.multipliedBy(2);
        interval = doubled.compareTo(maximum) < 0 ? doubled : maximum;
        nextProbe = timing.nanos() + interval.toNanos();
        return nextProbeAt();
    }

    Instant nextProbeAt() {
        return timing.now().plusNanos(Math.max(0, nextProbe - timing.nanos()));
    }

    Gate.State state(int usedLastMinute, long usedLastDay) {
        return new Gate.State(mode, reason, until, since, usedLastMinute, usedLastDay, stopped);
    }
}
