package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;

/** Holds and parks as rows of {@code m365_gate_state}, so that a restart neither forgets nor repeats them. */
final class GateStates {
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
                    return new Gate.State(Gate.Mode.valueOf(row.getString(1)), row.getString(2), opens, since, 0, 0);
                }
            }
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
                insert.setString(2, state.mode().name());
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
