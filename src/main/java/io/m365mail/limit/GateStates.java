package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds and parks as rows of {@code m365_gate_state}, so that a restart neither forgets nor repeats them, and so that
 * instances on one store have the same. What this instance has and the store had when they last agreed is remembered: a
 * row that differs from it was changed by another instance. Where both changed it at once the stronger state stays
 * (stopped, held, parked, open), so that no instance opens what another has just closed.
 */
final class GateStates {
    /** A hold without probes, as a mode of its own in the table. */
    private static final String STOPPED = "STOPPED";

    private static final String ROWS = "SELECT transport, gate_mode, reason, since_at, until_at FROM m365_gate_state";

    private final Store store;
    private final Map<String, Row> agreed = new ConcurrentHashMap<>();

    GateStates(Store store) {
        this.store = store;
    }

    /** A state as the table has it; an open gate has no row. */
    private record Row(String mode, String reason, long since, Long until) {
        static Row of(Gate.State s) {
            if (s.mode() == Gate.Mode.OPEN) {
                return null;
            }
            return new Row(
                    s.stopped() ? STOPPED : s.mode().name(),
                    s.reason(),
                    s.since().toEpochMilli(),
                    s.until() == null ? null : s.until().toEpochMilli());
        }

        Gate.State state() {
            boolean stopped = mode.equals(STOPPED);
            return new Gate.State(
                    stopped ? Gate.Mode.HELD : Gate.Mode.valueOf(mode),
                    reason,
                    until == null ? null : Instant.ofEpochMilli(until),
                    Instant.ofEpochMilli(since),
                    0,
                    0,
                    stopped);
        }

        /** A hold stays the same one when a probe has got another reply. */
        static boolean same(Row a, Row b) {
            return a == null || b == null ? a == b : a.mode.equals(b.mode) && a.since == b.since;
        }

        static int strength(Row row) {
            if (row == null) {
                return 0;
            }
            return row.mode.equals(STOPPED) ? 3 : row.mode.equals(Gate.Mode.HELD.name()) ? 2 : 1;
        }
    }

    /** Of another instance: takes the stored state over, unless its own is not the agreed one any more. */
    @FunctionalInterface
    interface Adopter {
        /**
         * @param unchanged whether a state is still the one that this instance and the store agreed on
         * @return whether the state was taken over
         */
        boolean adopt(String name, java.util.function.Predicate<Gate.State> unchanged, Gate.State stored);
    }

    /** @return null where the gate was open */
    Gate.State load(String transport) throws SQLException {
        Row row = store.transaction(c -> read(c, transport));
        agree(transport, row);
        return row == null ? null : row.state();
    }

    /** The names that begin so and of which something is known. */
    Set<String> names(String prefix) throws SQLException {
        Set<String> names = new TreeSet<>(store.transaction(GateStates::readAll).keySet());
        names.removeIf(n -> !n.startsWith(prefix));
        return names;
    }

    /** Lets the adopter have what other instances have changed since the last call. */
    void adoptChanges(Adopter adopter) throws SQLException {
        Map<String, Row> stored = store.transaction(GateStates::readAll);
        Set<String> names = new TreeSet<>(stored.keySet());
        names.addAll(agreed.keySet());
        for (String name : names) {
            Row row = stored.get(name);
            Row before = agreed.get(name);
            Gate.State state = row == null ? new Gate.State(Gate.Mode.OPEN, null, null, null, 0, 0) : row.state();
            if (!Objects.equals(row, before) && adopter.adopt(name, s -> Objects.equals(Row.of(s), before), state)) {
                agree(name, row);
            }
        }
    }

    void save(String transport, Gate.State state) throws SQLException {
        Row mine = Row.of(state);
        Row before = agreed.get(transport);
        store.durably(c -> {
            Store.takeTurn(c, "gate");
            Row there = read(c, transport);
            boolean changedMeanwhile = !store.exclusive() && !Row.same(there, before);
            if (!changedMeanwhile || Row.strength(there) <= Row.strength(mine)) {
                replace(c, transport, mine);
            }
            return null;
        });
        // Where another's stronger state stays, it counts as a change of his, to be taken over next.
        agree(transport, mine);
    }

    private void agree(String transport, Row row) {
        if (row == null) {
            agreed.remove(transport);
        } else {
            agreed.put(transport, row);
        }
    }

    private static void replace(Connection c, String transport, Row row) throws SQLException {
        Store.update(c, "DELETE FROM m365_gate_state WHERE transport = ?", transport);
        if (row == null) {
            return;
        }
        try (PreparedStatement insert = c.prepareStatement("INSERT INTO m365_gate_state"
                + " (transport, gate_mode, reason, since_at, until_at) VALUES (?, ?, ?, ?, ?)")) {
            Store.bind(insert, transport, row.mode, row.reason, row.since);
            insert.setObject(5, row.until, Types.BIGINT);
            insert.executeUpdate();
        }
    }

    private static Row read(Connection c, String transport) throws SQLException {
        try (PreparedStatement query = c.prepareStatement(ROWS + " WHERE transport = ?")) {
            query.setString(1, transport);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row(row) : null;
            }
        }
    }

    private static Map<String, Row> readAll(Connection c) throws SQLException {
        Map<String, Row> all = new HashMap<>();
        try (PreparedStatement query = c.prepareStatement(ROWS);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                all.put(row.getString(1), row(row));
            }
        }
        return all;
    }

    private static Row row(ResultSet row) throws SQLException {
        long since = row.getLong(4);
        long until = row.getLong(5);
        return new Row(row.getString(2), row.getString(3), since, until == 0 ? null : until);
    }
}
