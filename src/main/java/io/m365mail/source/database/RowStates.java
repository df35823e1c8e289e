package io.m365mail.source.database;

import io.m365mail.mail.Recipient;
import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the recipients of a row, and the row's status that follows. It lies in {@code mail_outbox_recipient}
 * where the application has that table, in the same transaction as the row; else in the bundle's own store, and only for
 * rows with several recipients.
 */
public final class RowStates {
    private final RecipientTable theirs = new RecipientTable(OutboxTables.RECIPIENT);
    private final RecipientTable own = new RecipientTable("m365_outbox_recipient");
    private final OutboxDatabase database;
    private final Store store;

    public RowStates(OutboxDatabase database, Store store) {
        this.database = database;
        this.store = store;
    }

    /**
     * Brings the row up to date with news of some of its recipients; the caller holds the row's lock and commits. The same
     * news twice, or late, changes nothing.
     *
     * @param news by address; empty where the row was merely accepted
     */
    void update(Connection connection, Object id, String submissionId, Map<String, RecipientState> news)
            throws SQLException {
        List<String> all = new RowMessage(OutboxRow.read(connection, id))
                .envelope().recipients().stream().map(Recipient::address).toList();
        OutboxTables tables = database.tables();
        Map<String, RecipientState> states;
        if (tables.recipients()) {
            states = merge(theirs, connection, id, all, news);
        } else if (all.size() == 1) {
            states = new LinkedHashMap<>(Map.of(all.get(0), RecipientState.OPEN));
            states.putAll(news);
        } else {
            states = store.durably(c -> {
                Map<String, RecipientState> merged = merge(own, c, submissionId, all, news);
                if (merged.values().stream().allMatch(s -> s.status() == RecipientState.Status.SENT)) {
                    own.remove(c, submissionId);
                }
                return merged;
            });
        }
        Summary summary = Summary.of(states, tables.detailLength());
        write(connection, id, summary.status(), news.isEmpty() && all.size() == 1 ? null : summary.detail());
    }

    private static Map<String, RecipientState> merge(
            RecipientTable table, Connection c, Object key, List<String> all, Map<String, RecipientState> news)
            throws SQLException {
        Map<String, RecipientState> states = table.load(c, key, all);
        for (Map.Entry<String, RecipientState> e : news.entrySet()) {
            RecipientState known = states.get(e.getKey());
            if (e.getValue().follows(known)) {
                table.put(c, key, e.getKey(), e.getValue(), known == null);
                states.put(e.getKey(), e.getValue());
            }
        }
        return states;
    }

    void write(Connection connection, Object id, String status, String detail) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE mail_outbox SET status = ?, detail = ?, updated_at = CURRENT_TIMESTAMP WHERE id = ?")) {
            statement.setString(1, status);
            statement.setString(2, Summary.clip(detail, database.tables().detailLength()));
            statement.setObject(3, id);
            statement.executeUpdate();
        }
    }
}
