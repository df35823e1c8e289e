package io.m365mail.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * The gate of one transport over the account of its limit.
 *
 * <p>A place is given when the gate is open, fewer than {@code connections} places are out, and the account has more
 * room than it has places out that were not yet turned into a send: so a message that was received can go at once, and
 * none waits inside a transaction; fewer where the server asks for less ({@link Pace}). An idle place counts as well;
 * {@link Place#patience()} keeps it short where others need the room. Waiters are served in the order in which they came;
 * each sleeps until the very moment that something frees, or until it is woken.
 */
public final class TransportGate implements Gate {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String transport;
    private final int connections;
    private final SendAccount account;
    private final Timing timing;
    private final GateMode mode;
    private final Pace pace;
    private final GateStore kept;
    private final GateSharing sharing;
    private final TenantLimit tenant;
    private final ThreadLocal<GatePlace> current = new ThreadLocal<>();
    private int inUse;
    private boolean closed;

    /** One call of {@link #await}, in the account's queue. */
    static final class Waiter {
        private final TransportGate gate;

        private Waiter(TransportGate gate) {
            this.gate = gate;
        }
    }

    TransportGate(
            String transport,
            int connections,
            SendAccount account,
            Timing timing,
            GateMode mode,
            GateListener listener,
            GateStore kept,
            TenantLimit tenant) {
        this.transport = transport;
        this.connections = connections;
        this.account = account;
        this.timing = timing;
        this.mode = mode;
        this.pace = new Pace(transport, connections);
        this.kept = kept;
        this.tenant = tenant;
        this.sharing = new GateSharing(transport, account, mode, listener, kept);
    }

    @Override
    public Place await(Duration atMost) throws InterruptedException {
        long deadline = timing.nanos() + atMost.toNanos();
        Waiter me = new Waiter(this);
        account.lock.lockInterruptibly();
        try {
            account.waiters.add(me);
            while (!closed) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long now = timing.nanos();
                if (mode.parkIsOver()) {
                    unlocked(this::openIfParkIsOver);
                } else if (account.stale(now)) {
                    unlocked(account::refresh);
                } else if (isNext(me, now)) {
                    if (!mode.needsTurn(now)) {
                        return give();
                    }
                    mode.asksForTurn();
                    unlocked(sharing::askForTurn);
                } else if (now >= deadline) {
                    return null;
                } else {
                    timing.await(account.lock, account.changed, Math.min(deadline, nextChance(now)));
                }
            }
            return null;
        } finally {
            account.waiters.remove(me);
            account.changed.signalAll();
            account.lock.unlock();
        }
    }

    /** The store and listeners are called without the lock. */
    private void unlocked(Runnable action) {
        account.lock.unlock();
        try {
            action.run();
        } finally {
            account.lock.lock();
        }
    }

    private boolean isNext(Waiter me, long now) {
        for (Waiter waiter : account.waiters) {
            if (waiter.gate.canGive(now)) {
                return waiter == me;
            }
        }
        return false;
    }

    private boolean canGive(long now) {
        return !closed && pace.mayGive(inUse, now) && mode.mayGive(now) && account.canGive(now);
    }

    private long nextChance(long now) {
        return Math.min(pace.nextChange(now), Math.min(account.nextRoom(now), mode.nextChange(now)));
    }

    private Place give() {
        boolean probe = mode.mode() == Mode.HELD;
        if (probe) {
            mode.probeStarts();
        }
        inUse++;
        account.give();
        long now = timing.nanos();
        pace.given(now);
        boolean scarce = account.scarce(now, connections);
        GatePlace place = new GatePlace(this, account, tenant, probe, scarce ? Duration.ZERO : PATIENCE);
        current.set(place);
        return place;
    }

    /** A place was closed. */
    void takeBack(GatePlace place, boolean ticket, boolean tried) {
        Duration nextProbe = account.locked(() -> {
            inUse--;
            account.takeBack(ticket);
            return place.probe() ? mode.probeEnds(tried) : null;
        });
        if (current.get() == place) {
            current.remove();
        }
        if (nextProbe != null) {
            kept.probeFailed(transport, nextProbe);
            GateLog.stillHeld(transport, snapshot().reason(), timing.now().plus(nextProbe));
        }
    }

    @Override
    public Place current() {
        GatePlace place = current.get();
        return place == null || place.isClosed() ? null : place;
    }

    @Override
    public void uses(Sockets sockets) {
        account.share().add(sockets);
    }

    @Override
    public void usesNoMore(Sockets sockets) {
        account.share().remove(sockets);
    }

    @Override
    public void hold(String reason) {
        String why = Text.oneLine(reason);
        boolean isNew = account.locked(() -> {
            account.changed.signalAll();
            return mode.hold(why);
        });
        GatePlace place = current.get();
        if (place != null) {
            place.received();
        }
        if (isNew) {
            changed();
        } else {
            kept.save(transport, snapshot());
        }
    }

    @Override
    public void stop(String reason) {
        String why = Text.oneLine(reason);
        account.locked(() -> {
            account.changed.signalAll();
            mode.stop(why);
            return null;
        });
        changed();
    }

    @Override
    public void park(Instant until, String reason) {
        String why = Text.oneLine(reason);
        Mode before = account.locked(mode::mode);
        boolean changed = account.locked(() -> {
            account.changed.signalAll();
            return mode.park(until, why);
        });
        if (changed && before == Mode.OPEN) {
            changed();
        } else if (changed) {
            kept.save(transport, snapshot());
        }
    }

    @Override
    public void slower(String reply) {
        account.locked(() -> pace.slower(timing.nanos(), Text.oneLine(reply)));
    }

    @Override
    public int connections() {
        return account.locked(() -> pace.connections(timing.nanos()));
    }

    @Override
    public void resume() {
        openIf(() -> true);
    }

    private void openIfParkIsOver() {
        openIf(mode::parkIsOver);
    }

    private void openIf(BooleanSupplier condition) {
        boolean opens = account.locked(() -> {
            account.changed.signalAll();
            return condition.getAsBoolean() && mode.open();
        });
        if (opens) {
            changed();
        }
    }

    private void changed() {
        sharing.changed(snapshot());
    }

    GateSharing sharing() {
        return sharing;
    }

    @Override
    public State state() {
        openIfParkIsOver();
        account.refreshIfOld();
        return snapshot();
    }

    private State snapshot() {
        return account.locked(() -> mode.state(account.usedLastMinute(), account.usedLastDay()));
    }

    @Override
    public void close() {
        account.locked(() -> {
            closed = true;
            account.changed.signalAll();
            return null;
        });
    }
}
