package io.m365mail.handover;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The rows of {@code m365_handover}: which queues go to another transport, so that a restart goes on with it and all
 * instances on one store do the same.
 */
final class HandoverTable {
    private final Store store;

    HandoverTable(Store store) {
        this.store = store;
    }

    /** Other instances write here too. */
    boolean shared() {
        return !store.exclusive();
    }

    List<Handover> load() throws SQLException {
        return store.transaction(HandoverTable::read);
    }

    private static List<Handover> read(Connection c) throws SQLException {
        List<Handover> all = new ArrayList<>();
        try (PreparedStatement query =
                        c.prepareStatement("SELECT transport, target, by_hand, since_at FROM m365_handover");
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                all.add(new Handover(
                        row.getString(1), row.getString(2), row.getInt(3) == 1, Instant.ofEpochMilli(row.getLong(4))));
            }
        }
        return all;
    }

    /**
     * Adds or replaces a row, one instance at a time.
     *
     * @param allowed looks at what is there now
     * @return false where it was not allowed, and nothing is changed
     */
    boolean save(Handover h, Predicate<List<Handover>> allowed) throws SQLException {
        return store.durably(c -> {
            Store.takeTurn(c, "handover");
            if (!allowed.test(read(c))) {
                return false;
            }
            Store.update(c, "DELETE FROM m365_handover WHERE transport = ?", h.transport());
            Store.update(
                    c,
                    "INSERT INTO m365_handover (transport, target, by_hand, since_at) VALUES (?, ?, ?, ?)",
                    h.transport(),
                    h.target(),
                    h.byHand() ? 1 : 0,
                    h.since().toEpochMilli());
            return true;
        });
    }

    void remove(String transport) throws SQLException {
        store.durably(c -> {
            Store.update(c, "DELETE FROM m365_handover WHERE transport = ?", transport);
            return null;
        });
    }
}
