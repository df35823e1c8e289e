package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Whose turn it is to probe a held transport, where several instances share the store: one at a time, at the distance
 * that all of them have come to. A turn is a lease by the store's clock, renewed while the probe is on its way, so that
 * one which died with its turn is followed by another.
 */
final class Probes {
    /** How long a turn lasts unless it is renewed. */
    static final Duration LEASE = Duration.ofMinutes(1);

    private static final String ROW = "SELECT next_at, wait_ms, busy_until FROM m365_probe WHERE transport = ?";

    private final Store store;
    private final Timing timing;
    private final Duration initial;

    Probes(Store store, Timing timing, Duration initial) {
        this.store = store;
        this.timing = timing;
        this.initial = initial;
    }

    /**
     * @param mine this instance may probe now
     * @param later if not, when to ask again
     * @param interval since the last probe
     */
    record Turn(boolean mine, Duration later, Duration interval) {}

    boolean shared() {
        return !store.exclusive();
    }

    /** Asks for the turn, after the first wait. */
    Turn ask(String transport) throws SQLException {
        try {
            return store.transaction(c -> ask(c, transport));
        } catch (SQLException e) {
            if (Store.isDuplicateKey(e)) {
                return new Turn(false, initial, initial);
            }
            throw e;
        }
    }

    private Turn ask(Connection c, String transport) throws SQLException {
        long now = clock(c);
        try (PreparedStatement query = c.prepareStatement(ROW + " FOR UPDATE")) {
            query.setString(1, transport);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    begin(c, transport, now);
                    return new Turn(true, null, initial);
                }
                long free = Math.max(row.getLong(1), row.getLong(3));
                Duration interval = Duration.ofMillis(row.getLong(2));
                if (free > now) {
                    return new Turn(false, Duration.ofMillis(free - now), interval);
                }
                busy(c, transport, now);
                return new Turn(true, null, interval);
            }
        }
    }

    /** A probe has failed: the next one, of whichever instance, comes after this time. */
    void failed(String transport, Duration interval) throws SQLException {
        store.transaction(c -> Store.update(
                c,
                "UPDATE m365_probe SET next_at = ?, wait_ms = ?, busy_until = 0 WHERE transport = ?",
                clock(c) + interval.toMillis(),
                interval.toMillis(),
                transport));
    }

    /** The probe is still on its way. */
    void renew(String transport) throws SQLException {
        store.transaction(c -> busy(c, transport, clock(c)));
    }

    /** An instance has started: the next probe comes soon, as who restarts one may have mended something. */
    void soon(String transport) throws SQLException {
        store.transaction(c -> {
            long next = clock(c) + initial.toMillis();
            return Store.update(
                    c,
                    "UPDATE m365_probe SET next_at = ?, wait_ms = ? WHERE transport = ? AND next_at > ?",
                    next,
                    initial.toMillis(),
                    transport,
                    next);
        });
    }

    /** The hold is over. */
    void end(String transport) throws SQLException {
        store.transaction(c -> Store.update(c, "DELETE FROM m365_probe WHERE transport = ?", transport));
    }

    private void begin(Connection c, String transport, long now) throws SQLException {
        Store.update(
                c,
                "INSERT INTO m365_probe (transport, next_at, wait_ms, busy_until) VALUES (?, ?, ?, ?)",
                transport,
                now,
                initial.toMillis(),
                now + LEASE.toMillis());
    }

    private static int busy(Connection c, String transport, long now) throws SQLException {
        return Store.update(
                c, "UPDATE m365_probe SET busy_until = ? WHERE transport = ?", now + LEASE.toMillis(), transport);
    }

    private long clock(Connection c) throws SQLException {
        return store.clock(c, timing.now().toEpochMilli());
    }
}
