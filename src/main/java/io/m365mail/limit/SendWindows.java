package io.m365mail.limit;

import static io.m365mail.store.Store.bind;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rows of {@code m365_send} come to for one limit: the other instances' sends of the last minute, and the
 * recipients of the last day. Reads in the transaction of whoever asks, in the store's clock.
 */
final class SendWindows {
    /** The operating system has closed the connections of an instance that was not seen for so long. */
    private static final long DISCONNECTED = SendLedger.MINUTE;

    // Two halves each, since an OR would keep the database from using the index on (limit_key, answered_at).
    private static final String OTHERS = "SELECT answered_at, seen_at FROM m365_send"
            + " WHERE limit_key = ? AND answered_at > ? AND instance <> ? UNION ALL SELECT answered_at, seen_at"
            + " FROM m365_send WHERE limit_key = ? AND answered_at IS NULL AND instance <> ?";
    private static final String DAY_ROWS = "SELECT answered_at AS t, recipients FROM m365_send"
            + " WHERE limit_key = ? AND answered_at > ? UNION ALL SELECT seen_at AS t, recipients FROM m365_send"
            + " WHERE limit_key = ? AND answered_at IS NULL AND seen_at > ?";

    private final Timing timing;
    private final String instance;

    SendWindows(Timing timing, String instance) {
        this.timing = timing;
        this.instance = instance;
    }

    /** @param clock of the store, now */
    SendLedger.View read(Connection c, String key, long clock) throws SQLException {
        List<Long> frees = new ArrayList<>();
        int unanswered = 0;
        int connected = 0;
        long at = timing.nanos();
        try (PreparedStatement others = c.prepareStatement(OTHERS)) {
            bind(others, key, clock - SendLedger.MINUTE - SendLedger.MARGIN, instance, key, instance);
            try (ResultSet row = others.executeQuery()) {
                while (row.next()) {
                    long answered = row.getLong(1);
                    if (!row.wasNull()) {
                        // An answer from the future means that the clock was set back: it counts from now.
                        long left = Math.min(answered, clock) + SendLedger.MINUTE + SendLedger.MARGIN - clock;
                        frees.add(at + left * 1_000_000);
                    } else if (row.getLong(2) > clock - SendLedger.SILENCE) {
                        unanswered++;
                        connected += row.getLong(2) > clock - DISCONNECTED ? 1 : 0;
                    }
                }
            }
        }
        return new SendLedger.View(at, frees, unanswered, connected, day(c, key, clock));
    }

    private static long day(Connection c, String key, long clock) throws SQLException {
        String sql = "SELECT COALESCE(SUM(recipients), 0) FROM (" + DAY_ROWS + ") AS d";
        try (PreparedStatement day = c.prepareStatement(sql)) {
            bind(day, key, clock - SendLedger.DAY - SendLedger.MARGIN, key, clock - SendLedger.DAY - SendLedger.MARGIN);
            try (ResultSet row = day.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** In how many milliseconds so many recipients will have left the day's window. */
    static long dayFrees(Connection c, String key, long clock, long excess) throws SQLException {
        try (PreparedStatement oldest = c.prepareStatement(DAY_ROWS + " ORDER BY t")) {
            bind(
                    oldest,
                    key,
                    clock - SendLedger.DAY - SendLedger.MARGIN,
                    key,
                    clock - SendLedger.DAY - SendLedger.MARGIN);
            try (ResultSet row = oldest.executeQuery()) {
                long left = excess;
                while (row.next()) {
                    left -= row.getInt(2);
                    if (left <= 0) {
                        return Math.min(row.getLong(1) - clock, 0) + SendLedger.DAY + SendLedger.MARGIN;
                    }
                }
            }
        }
        return SendLedger.DAY;
    }
}
