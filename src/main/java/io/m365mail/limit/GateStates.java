package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/** Holds and parks as rows of {@code m365_gate_state}, so that a restart neither forgets nor repeats them. */
final class GateStates {
    /** A hold without probes, as a mode of its own in the table. */
    private static final String STOPPED = "STOPPED";

    private final Store store;

    GateStates(Store store) {
        this.store = store;
    }

    /** @return null where the gate was open */
    Gate.State load(String transport) throws SQLException {
        return store.transaction(c -> {
            try (PreparedStatement query = c.prepareStatement(
                    "SELECT gate_mode, reason, since_at, until_at FROM m365_gate_state WHERE transport = ?")) {
                query.setString(1, transport);
                try (ResultSet row = query.executeQuery()) {
                    if (!row.next()) {
                        return null;
                    }
                    long until = row.getLong(4);
                    Instant opens = row.wasNull() ? null : Instant.ofEpochMilli(until);
                    Instant since = Instant.ofEpochMilli(row.getLong(3));
                    boolean stopped = row.getString(1).equals(STOPPED);
                    Gate.Mode mode = stopped ? Gate.Mode.HELD : Gate.Mode.valueOf(row.getString(1));
                    return new Gate.State(mode, row.getString(2), opens, since, 0, 0, stopped);
                }
            }
        });
    }

    /** The names that begin so and of which something is known. */
    Set<String> names(String prefix) throws SQLException {
        return store.transaction(c -> {
            Set<String> names = new TreeSet<>();
            try (PreparedStatement query = c.prepareStatement("SELECT transport FROM m365_gate_state");
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            names.removeIf(n -> !n.startsWith(prefix));
            return names;
        });
    }

    void save(String transport, Gate.State state) throws SQLException {
        store.durably(c -> {
            try (PreparedStatement delete = c.prepareStatement("DELETE FROM m365_gate_state WHERE transport = ?")) {
                delete.setString(1, transport);
                delete.executeUpdate();
            }
            if (state.mode() == Gate.Mode.OPEN) {
                return null;
            }
            try (PreparedStatement insert = c.prepareStatement("INSERT INTO m365_gate_state"
                    + " (transport, gate_mode, reason, since_at, until_at) VALUES (?, ?, ?, ?, ?)")) {
                insert.setString(1, transport);
                insert.setString(2, state.stopped() ? STOPPED : state.mode().name());
                insert.setString(3, state.reason());
                insert.setLong(4, state.since().toEpochMilli());
                Long until = state.until() == null ? null : state.until().toEpochMilli();
                insert.setObject(5, until, Types.BIGINT);
                insert.executeUpdate();
            }
            return null;
        });
    }
}
