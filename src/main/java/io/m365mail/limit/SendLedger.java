package io.m365mail.limit;

import static io.m365mail.store.Store.update;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sends of one instance as rows of {@code m365_send}; what they and the others' come to: {@link SendWindows}. A row is written and synced
 * before MAIL, marked when the reply came, and removed when no window holds it. All times are the store's clock; a row
 * without an answer counts while its instance is known to live, and for {@link #SILENCE} after it was last seen.
 */
final class SendLedger {
    static final long MINUTE = 60_000;
    static final long DAY = 24 * 60 * MINUTE;
    /** No clock is read exactly when the server reads its own. */
    static final long MARGIN = 100;
    /** An SMTP server may take ten minutes for its reply (RFC 5321, 4.5.3.2.6); a dead instance's send is over then. */
    static final long SILENCE = 10 * MINUTE;

    private static final String FUTURE = "UPDATE m365_send SET answered_at = ? WHERE limit_key = ? AND answered_at > ?";

    private final Store store;
    private final Timing timing;
    private final String instance;
    private final SendWindows windows;
    private final AtomicLong ids = new AtomicLong();

    /**
     * What the others have sent in the last minute; {@code frees} and {@code at} by {@link Timing#nanos()}.
     *
     * @param at when this was read
     * @param frees when each of the others' answered sends leaves the window
     * @param unanswered the others' sends without an answer
     * @param connected those of them whose instance surely lives
     * @param day recipients of the last 24 h, of all instances
     */
    record View(long at, List<Long> frees, int unanswered, int connected, long day) {
        static View nothing(long at) {
            return new View(at, List.of(), 0, 0, 0);
        }
    }

    /** The answer to a send came at this time, {@link Timing#nanos()}. */
    record Reply(long id, long at) {}

    /** Decides under the limit's row lock whether a send may be counted. */
    @FunctionalInterface
    interface Decision {
        /** @return null to count it, else milliseconds until it may be tried again */
        Long on(View view, DayFrees dayFrees) throws SQLException;
    }

    /** In how many milliseconds so many recipients will have left the day's window. */
    @FunctionalInterface
    interface DayFrees {
        long after(long recipients) throws SQLException;
    }

    SendLedger(Store store, Timing timing, String instance) {
        this.store = store;
        this.timing = timing;
        this.instance = instance;
        this.windows = new SendWindows(timing, instance);
    }

    long newId() {
        return ids.incrementAndGet();
    }

    boolean shared() {
        return !store.exclusive();
    }

    /** Makes the row to lock; what was in flight when this store was last open counts from now. */
    void prepare(String key) throws SQLException {
        store.transaction(c -> {
            pullBackFromTheFuture(c, key);
            if (store.exclusive()) {
                update(
                        c,
                        "UPDATE m365_send SET answered_at = ? WHERE limit_key = ? AND answered_at IS NULL"
                                + " AND instance NOT LIKE ?",
                        clock(c),
                        key,
                        store.opening() + "%");
            }
            return null;
        });
        try {
            store.transaction(c -> update(
                    c,
                    "INSERT INTO m365_limit (limit_key) SELECT k FROM (SELECT CAST(? AS VARCHAR(400)) AS k) AS n"
                            + " WHERE NOT EXISTS (SELECT 1 FROM m365_limit WHERE limit_key = n.k)",
                    key));
        } catch (SQLException e) {
            if (!Store.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    /** A clock that was set back would keep answers from before in the window for as long as it was set back. */
    private void pullBackFromTheFuture(Connection c, String key) throws SQLException {
        long now = clock(c);
        update(c, FUTURE, now, key, now + MARGIN);
    }

    /** Counts a send if the decision allows it: on disk when this returns null. @return its answer */
    Long reserve(String key, long id, int recipients, Decision decision) throws SQLException {
        return store.durably(c -> {
            lock(c, key);
            long clock = clock(c);
            Long later =
                    decision.on(windows.read(c, key, clock), excess -> SendWindows.dayFrees(c, key, clock, excess));
            if (later == null) {
                update(
                        c,
                        "INSERT INTO m365_send (instance, id, limit_key, recipients, reserved_at, seen_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        instance,
                        id,
                        key,
                        recipients,
                        clock,
                        clock);
            }
            return later;
        });
    }

    /** The rest of the transaction is done by one instance at a time, for this limit. */
    static void lock(Connection c, String key) throws SQLException {
        try (PreparedStatement lock =
                c.prepareStatement("SELECT limit_key FROM m365_limit WHERE limit_key = ? FOR UPDATE")) {
            lock.setString(1, key);
            lock.executeQuery().close();
        }
    }

    ConnectionShare share(String key) {
        return new ConnectionShare(store, timing, key, instance);
    }

    /** Fails unless the store takes a durable write: one that can only be read (a full disk) counts nothing. */
    void tryWrite(String key) throws SQLException {
        store.durably(c -> update(c, "UPDATE m365_limit SET limit_key = limit_key WHERE limit_key = ?", key));
    }

    View view(String key) throws SQLException {
        return store.transaction(c -> windows.read(c, key, clock(c)));
    }

    /** Marks sends as answered; one that was never written is no error. */
    void answered(Collection<Reply> replies) throws SQLException {
        store.transaction(c -> {
            long now = timing.nanos();
            long clock = clock(c);
            for (Reply reply : replies) {
                update(
                        c,
                        "UPDATE m365_send SET answered_at = ? WHERE instance = ? AND id = ? AND answered_at IS NULL",
                        clock - (now - reply.at()) / 1_000_000,
                        instance,
                        reply.id());
            }
            return null;
        });
    }

    /** Tells the other instances that this one lives, and removes the rows of a limit that no window holds. */
    void keep(String key, boolean countsDays) throws SQLException {
        store.transaction(c -> {
            pullBackFromTheFuture(c, key);
            long clock = clock(c);
            update(
                    c,
                    "UPDATE m365_send SET seen_at = ? WHERE instance = ? AND limit_key = ? AND answered_at IS NULL",
                    clock,
                    instance,
                    key);
            long old = clock - (countsDays ? DAY : SILENCE) - SILENCE;
            return update(
                    c,
                    "DELETE FROM m365_send WHERE limit_key = ?"
                            + " AND (answered_at < ? OR (answered_at IS NULL AND seen_at < ?))",
                    key,
                    old,
                    old);
        });
    }

    private long clock(Connection c) throws SQLException {
        return store.clock(c, timing.now().toEpochMilli());
    }
}
