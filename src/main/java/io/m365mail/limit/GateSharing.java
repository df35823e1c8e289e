package io.m365mail.limit;

import java.sql.SQLException;
import java.util.function.Predicate;

/** One gate among those of the other instances: tells what it has changed, takes over what they have, asks for its turn. */
final class GateSharing {
    private final String transport;
    private final SendAccount account;
    private final GateMode mode;
    private final GateListener listener;
    private final GateStore kept;

    GateSharing(String transport, SendAccount account, GateMode mode, GateListener listener, GateStore kept) {
        this.transport = transport;
        this.account = account;
        this.mode = mode;
        this.listener = listener;
        this.kept = kept;
    }

    /** This instance has opened or closed the gate. */
    void changed(Gate.State state) {
        tell(state);
        kept.save(transport, state);
    }

    private void tell(Gate.State state) {
        GateLog.changed(transport, state, account.locked(mode::nextProbeAt));
        listener.changed(transport, state);
    }

    /** Another instance has changed the gate; nothing happens where this one has too, meanwhile. */
    boolean adopt(Predicate<Gate.State> unchanged, Gate.State stored) {
        Gate.State before = account.locked(() -> {
            Gate.State mine = mode.state(0, 0);
            if (!unchanged.test(mine)) {
                return null;
            }
            mode.adopt(stored);
            account.changed.signalAll();
            return mine;
        });
        if (before == null) {
            return false;
        }
        if (before.mode() != stored.mode() || before.stopped() != stored.stopped()) {
            tell(stored);
        }
        return true;
    }

    /** Whether the probe may be this instance's; without an answer it asks again later. */
    void askForTurn() {
        Probes.Turn turn = null;
        try {
            turn = kept.turn(transport);
        } finally {
            Probes.Turn answer = turn;
            account.locked(() -> {
                mode.turn(answer);
                return null;
            });
        }
    }

    /** Now and then, so that no other instance takes this one's probe for dead. */
    void keep() throws SQLException {
        if (account.locked(mode::probing)) {
            kept.renew(transport);
        }
    }
}
