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
    /** Several instances take turns in probing. */
    private final boolean turns;

    private boolean asking;
    private long turnEnds;

    /** @param turns whether a probe needs {@link #turn} before */
    GateMode(Timing timing, Duration initial, Duration maximum, boolean turns) {
        this.timing = timing;
        this.turns = turns;
        this.initial = initial;
        this.maximum = maximum;
        this.turnEnds = timing.nanos();
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

    /** Of another instance, whatever it was before. */
    void adopt(Gate.State stored) {
        boolean stillHeld = mode == Gate.Mode.HELD && !stopped && stored.mode() == Gate.Mode.HELD && !stored.stopped();
        if (stillHeld) {
            reason = stored.reason();
            since = stored.since();
            return;
        }
        open();
        if (stored.mode() != Gate.Mode.OPEN) {
            restore(stored);
        }
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
        return mode == Gate.Mode.OPEN
                || (mode == Gate.Mode.HELD && !stopped && !probing && !asking && now >= nextProbe);
    }

    /** The next place is a probe, and it is not known whether it is this instance's turn. */
    boolean needsTurn(long now) {
        return turns && mode == Gate.Mode.HELD && now - turnEnds >= 0;
    }

    void asksForTurn() {
        asking = true;
    }

    /** @param turn the answer, or null where there was none */
    void turn(Probes.Turn turn) {
        asking = false;
        long now = timing.nanos();
        if (turn == null) {
            nextProbe = now + initial.toNanos();
        } else if (turn.mine()) {
            interval = turn.interval();
            turnEnds = now + Probes.LEASE.dividedBy(2).toNanos();
        } else {
            nextProbe = now + turn.later().toNanos();
        }
    }

    boolean probing() {
        return probing;
    }

    /** When a place may be given at the earliest, by the steady clock; {@link Long#MAX_VALUE} if only an event tells. */
    long nextChange(long now) {
        return switch (mode) {
            case OPEN -> Long.MAX_VALUE;
            case PARKED ->
                now + Math.max(0, Duration.between(timing.now(), until).toNanos());
            case HELD -> stopped || probing || asking || now >= nextProbe ? Long.MAX_VALUE : nextProbe;
        };
    }

    void probeStarts() {
        probing = true;
    }

    /** @param tried whether a message was sent with it. @return how long until the next one if this failed, else null */
    Duration probeEnds(boolean tried) {
        probing = false;
        if (!tried || mode != Gate.Mode.HELD || stopped) {
            return null;
        }
        turnEnds = timing.nanos();
        Duration doubled = interval.multipliedBy(2);
        interval = doubled.compareTo(maximum) < 0 ? doubled : maximum;
        nextProbe = timing.nanos() + interval.toNanos();
        return interval;
    }

    Instant nextProbeAt() {
        return timing.now().plusNanos(Math.max(0, nextProbe - timing.nanos()));
    }

    Gate.State state(int usedLastMinute, long usedLastDay) {
        return new Gate.State(mode, reason, until, since, usedLastMinute, usedLastDay, stopped);
    }
}
