package io.m365mail.limit;

import io.m365mail.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * The tenant's limit of external recipients in 24 hours, counted by ourselves over all transports through Exchange
 * Online and all instances, before Exchange Online counts it. A send's external recipients are in the store, durably,
 * before MAIL; where they do not fit, mail to external recipients is parked and nothing of the message is sent.
 *
 * <p>The count is kept by the minute, so that a day is 1,450 rows however much is sent, and each minute's count is given
 * back late: when its last send is 24 hours and {@link #SLACK} old. Exchange Online counts a message somewhere between
 * our count and its reply, so no window of 24 hours of its clock holds more. A transaction that takes longer than the
 * slack is counted anew at its end.
 */
public final class TenantLimit {
    private static final long MINUTE = SendLedger.MINUTE;
    /** An SMTP server may take ten minutes for its last reply (RFC 5321, 4.5.3.2.6). */
    static final long SLACK = 10 * MINUTE;

    private static final Duration STORE_RETRY = Duration.ofSeconds(10);
    private static final long VIEW_AGE = Duration.ofSeconds(5).toNanos();
    /** A park waits until at least this part of the limit is free, else what waits would go to and fro. */
    private static final int WORTH_WHILE = 50;

    private final int perDay;
    private final Predicate<String> internalDomains;
    private final Store store;
    private final Timing timing;
    private final StoreWatch watch;
    private final ExternalPark park;
    private volatile long used;
    private volatile long usedAt;

    TenantLimit(
            int perDay,
            Predicate<String> internalDomains,
            Store store,
            Timing timing,
            StoreWatch watch,
            ExternalPark park) {
        this.perDay = perDay;
        this.internalDomains = internalDomains;
        this.store = store;
        this.timing = timing;
        this.watch = watch;
        this.park = park;
        this.usedAt = timing.nanos() - VIEW_AGE;
    }

    /** What was counted for one send. */
    record Counted(int recipients, long minute, long at) {}

    /** Either what was counted, or when to try again. */
    record Answer(Counted counted, Instant later) {}

    public int perDay() {
        return perDay;
    }

    /** External recipients of the last 24 hours, of all instances; as last read while the store is away. */
    public long used() {
        if (timing.nanos() - usedAt >= VIEW_AGE && !watch.isDown()) {
            try {
                used = store.transaction(c -> sum(c, minute(c)));
                usedAt = timing.nanos();
            } catch (SQLException e) {
                watch.failed(e);
            }
        }
        return used;
    }

    /** Counts a send before MAIL. @param domains of its recipients */
    Answer reserve(List<String> domains) {
        int external = (int) domains.stream().filter(internalDomains.negate()).count();
        if (external == 0) {
            return new Answer(null, null);
        }
        try {
            long[] minute = new long[1];
            Long frees = store.durably(c -> {
                Store.takeTurn(c, "tenant");
                minute[0] = minute(c);
                long excess = sum(c, minute[0]) + external - perDay;
                if (excess > 0) {
                    return frees(c, minute[0], Math.max(excess, perDay / WORTH_WHILE));
                }
                add(c, minute[0], external);
                return null;
            });
            watch.worked();
            if (frees == null) {
                return new Answer(new Counted(external, minute[0], timing.nanos()), null);
            }
            park.park(
                    null,
                    timing.now().plusMillis(frees),
                    "the tenant's " + perDay + " external recipients of 24 hours are used up (m365.tenant.licenses or"
                            + " m365.tenant.external-recipients-per-day)");
            return new Answer(null, timing.now());
        } catch (SQLException e) {
            watch.failed(e);
            return new Answer(null, timing.now().plus(STORE_RETRY));
        }
    }

    /** It was not sent after all. */
    void giveBack(Counted counted) {
        write(c -> {
            Store.update(
                    c,
                    "UPDATE m365_tenant_external SET recipients = recipients - ? WHERE counted_minute = ?",
                    counted.recipients(),
                    counted.minute());
        });
    }

    /** The last reply came, or the connection is gone. */
    void answered(Counted counted) {
        if (timing.nanos() - counted.at() > SLACK * 1_000_000) {
            write(c -> add(c, minute(c), counted.recipients()));
        }
    }

    private interface Write {
        void in(Connection c) throws SQLException;
    }

    /** What the store does not take stays counted as it was. */
    private void write(Write write) {
        try {
            store.transaction(c -> {
                Store.takeTurn(c, "tenant");
                write.in(c);
                return null;
            });
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    private long minute(Connection c) throws SQLException {
        return store.clock(c, timing.now().toEpochMilli()) / MINUTE;
    }

    /** The last minute whose sends are out of every window. */
    private static long over(long minute) {
        return minute - (SendLedger.DAY + SLACK) / MINUTE - 1;
    }

    private static long sum(Connection c, long minute) throws SQLException {
        try (PreparedStatement query = c.prepareStatement(
                "SELECT COALESCE(SUM(recipients), 0) FROM m365_tenant_external WHERE counted_minute > ?")) {
            Store.bind(query, over(minute));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void add(Connection c, long minute, int recipients) throws SQLException {
        String add = "UPDATE m365_tenant_external SET recipients = recipients + ? WHERE counted_minute = ?";
        if (Store.update(c, add, recipients, minute) == 0) {
            Store.update(c, "INSERT INTO m365_tenant_external VALUES (?, ?)", minute, recipients);
            Store.update(c, "DELETE FROM m365_tenant_external WHERE counted_minute <= ?", over(minute));
        }
    }

    /** In how many milliseconds, at the latest, so many will have left the window. */
    private static long frees(Connection c, long minute, long recipients) throws SQLException {
        try (PreparedStatement query = c.prepareStatement("SELECT counted_minute, recipients FROM m365_tenant_external"
                + " WHERE counted_minute > ? ORDER BY counted_minute")) {
            Store.bind(query, over(minute));
            long left = recipients;
            long last = minute;
            try (ResultSet row = query.executeQuery()) {
                while (left > 0 && row.next()) {
                    last = row.getLong(1);
                    left -= row.getLong(2);
                }
            }
            return (last - over(minute)) * MINUTE;
        }
    }
}
