package io.m365mail.source.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A table with one row for each recipient of an outbox row. Whoever writes holds the lock of the outbox row, so two never
 * write the same recipient at once.
 */
final class RecipientTable {
    private static final int MAX_DETAIL = 1000;

    private final String table;

    /** @param table {@code mail_outbox_recipient}, or the one of the same columns in the bundle's own store */
    RecipientTable(String table) {
        this.table = table;
    }

    /** What is known of each recipient; those of {@code all} of whom nothing is known are noted as open. */
    Map<String, RecipientState> load(Connection connection, Object key, Collection<String> all) throws SQLException {
        Map<String, RecipientState> states = new LinkedHashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT address, status, detail FROM " + table + " WHERE outbox_id = ?")) {
            statement.setObject(1, key);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    states.put(
                            rows.getString(1),
                            new RecipientState(RecipientState.Status.valueOf(rows.getString(2)), rows.getString(3)));
                }
            }
        }
        for (String address : all) {
            if (!states.containsKey(address)) {
                put(connection, key, address, RecipientState.OPEN, true);
                states.put(address, RecipientState.OPEN);
            }
        }
        return states;
    }

    void put(Connection connection, Object key, String address, RecipientState state, boolean isNew)
            throws SQLException {
        String sql = isNew
                ? "INSERT INTO " + table + " (status, detail, updated_at, outbox_id, address)"
                        + " VALUES (?, ?, CURRENT_TIMESTAMP, ?, ?)"
                : "UPDATE " + table + " SET status = ?, detail = ?, updated_at = CURRENT_TIMESTAMP"
                        + " WHERE outbox_id = ? AND address = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, state.status().name());
            statement.setString(2, Summary.clip(state.detail(), MAX_DETAIL));
            statement.setObject(3, key);
            statement.setString(4, address);
            statement.executeUpdate();
        }
    }

    /** Forgets the recipients of a row that nothing more can happen to. */
    void remove(Connection connection, Object key) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table + " WHERE outbox_id = ?")) {
            statement.setObject(1, key);
            statement.executeUpdate();
        }
    }
}
