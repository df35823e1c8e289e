package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

/**
 * How many of a limit's connections this instance may have open, idle ones included: the rest belongs to the other
 * instances. Each has a row in {@code m365_connection}; the connections are divided evenly among those that live, and
 * what one has to give up it closes first and writes down then, so that all together never have more. An instance that
 * was not seen for {@link #LEASE} is dead and its connections are gone; one that could not be seen for half of it, as the
 * store did not answer, closes its own.
 */
final class ConnectionShare {
    static final long LEASE = 2 * SendLedger.MINUTE;

    private final Store store;
    private final Timing timing;
    private final String key;
    private final String instance;
    private final List<Sockets> sockets = new CopyOnWriteArrayList<>();
    private volatile int may;
    private volatile long seen;

    ConnectionShare(Store store, Timing timing, String key, String instance) {
        this.store = store;
        this.timing = timing;
        this.key = key;
        this.instance = instance;
        this.seen = timing.nanos();
    }

    void add(Sockets more) {
        sockets.add(more);
    }

    void remove(Sockets gone) {
        sockets.remove(gone);
    }

    /** How many places may be out at once, of the limit's connections. */
    int of(int connections) {
        return store.exclusive() ? connections : may;
    }

    /**
     * Settles with the other instances what is whose. Called once a second.
     *
     * @param connections of the limit
     * @param inUse places that are out
     * @return whether it may now have more or fewer than before
     */
    boolean settle(int connections, IntSupplier inUse) throws SQLException {
        if (store.exclusive()) {
            return false;
        }
        int before = may;
        try {
            int held = store.transaction(c -> settle(c, connections, inUse));
            may = held;
            seen = timing.nanos();
            closeIdle(held);
            return held != before;
        } catch (SQLException e) {
            if (timing.nanos() - seen > LEASE / 2 * 1_000_000) {
                may = 0;
                closeIdle(0);
            }
            throw e;
        }
    }

    private int settle(Connection c, int connections, IntSupplier inUse) throws SQLException {
        SendLedger.lock(c, key);
        long now = store.clock(c, timing.now().toEpochMilli());
        var living = new TreeSet<String>();
        living.add(instance);
        int others = 0;
        try (PreparedStatement query =
                c.prepareStatement("SELECT instance, held FROM m365_connection WHERE limit_key = ? AND seen_at > ?")) {
            Store.bind(query, key, now - LEASE);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    living.add(row.getString(1));
                    others += row.getString(1).equals(instance) ? 0 : row.getInt(2);
                }
            }
        }
        int rank = living.headSet(instance).size();
        int mine = connections / living.size() + (rank < connections % living.size() ? 1 : 0);
        int held = Math.max(0, Math.min(mine, connections - others));
        // No place beyond these is given from now on; what is open still counts until it is closed.
        may = Math.min(may, held);
        write(c, Math.max(held, Math.max(inUse.getAsInt(), open())), now);
        return held;
    }

    private void write(Connection c, int held, long now) throws SQLException {
        int there = Store.update(
                c,
                "UPDATE m365_connection SET held = ?, seen_at = ? WHERE limit_key = ? AND instance = ?",
                held,
                now,
                key,
                instance);
        if (there == 0) {
            Store.update(
                    c,
                    "INSERT INTO m365_connection (limit_key, instance, held, seen_at) VALUES (?, ?, ?, ?)",
                    key,
                    instance,
                    held,
                    now);
        }
        Store.update(c, "DELETE FROM m365_connection WHERE limit_key = ? AND seen_at < ?", key, now - 2 * LEASE);
    }

    /** All its connections are closed. */
    void leave() throws SQLException {
        if (!store.exclusive()) {
            store.transaction(c ->
                    Store.update(c, "DELETE FROM m365_connection WHERE limit_key = ? AND instance = ?", key, instance));
        }
    }

    private int open() {
        return sockets.stream().mapToInt(Sockets::open).sum();
    }

    private void closeIdle(int most) {
        int left = most;
        for (Sockets s : sockets) {
            s.closeIdle(Math.max(0, left));
            left -= s.open();
        }
    }
}
