package io.m365mail.handover;

import io.m365mail.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The rows of {@code m365_handover}: which queues go to another transport, so that a restart goes on with it. */
final class HandoverTable {
    private final Store store;

    HandoverTable(Store store) {
        this.store = store;
    }

    List<Handover> load() throws SQLException {
        return store.transaction(c -> {
            List<Handover> all = new ArrayList<>();
            try (PreparedStatement query =
                            c.prepareStatement("SELECT transport, target, by_hand, since_at FROM m365_handover");
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    all.add(new Handover(
                            row.getString(1),
                            row.getString(2),
                            row.getInt(3) == 1,
                            Instant.ofEpochMilli(row.getLong(4))));
                }
            }
            return all;
        });
    }

    void save(Handover h) throws SQLException {
        store.durably(c -> {
            Store.update(c, "DELETE FROM m365_handover WHERE transport = ?", h.transport());
            Store.update(
                    c,
                    "INSERT INTO m365_handover (transport, target, by_hand, since_at) VALUES (?, ?, ?, ?)",
                    h.transport(),
                    h.target(),
                    h.byHand() ? 1 : 0,
                    h.since().toEpochMilli());
            return null;
        });
    }

    void remove(String transport) throws SQLException {
        store.durably(c -> {
            Store.update(c, "DELETE FROM m365_handover WHERE transport = ?", transport);
            return null;
        });
    }
}
