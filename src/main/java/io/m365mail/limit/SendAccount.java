package io.m365mail.limit;

import io.m365mail.config.TransportConfig.Limits;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The account of one limit, such as a mailbox: who sends through it, whatever the transport.
 *
 * <p>The rule of a sliding limit without a common clock: a send may start when at most {@code N - 1} others are
 * unanswered or were answered less than 60 s and a margin ago. The server counts each send somewhere between our MAIL
 * and its reply. Take any {@code N + 1} sends, and the one of them that started last: one of the others was answered
 * more than 60 s before that start, so it was counted more than 60 s earlier; no window of 60 s holds them all.
 * Likewise for recipients and 24 h, where an unanswered send counts too.
 *
 * <p>What is kept here decides when it makes sense to receive; the reservation decides anew, under the limit's row lock,
 * and is on disk before MAIL. Gates of one account share its lock and wait on one condition, first come first served.
 */
final class SendAccount {
    private static final Duration STORE_RETRY = Duration.ofSeconds(10);
    private static final long DAY_VIEW_AGE = Duration.ofSeconds(5).toNanos();
    /** Until a reply may have come, in milliseconds. */
    private static final long REPLY_RETRY = 1000;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    /** Who waits for a place, in the order of arrival; guarded by the lock. */
    final Set<TransportGate.Waiter> waiters = new LinkedHashSet<>();

    private final String key;
    private final SendLedger ledger;
    private final StoreWatch watch;
    private final Timing timing;
    private final Consumer<SendLedger.Reply> replies;
    private final JointLimits limits = new JointLimits();
    private final MinuteWindow minute;
    private final ConnectionShare share;
    private int open;

    /** A send that was counted and has no answer yet. */
    record Send(long id) {}

    /** Either the send that was counted, or when to ask again. */
    record Answer(Send send, Instant later, boolean dayUsedUp) {}

    /** @param replies takes what was answered, to be written soon */
    SendAccount(String key, SendLedger ledger, StoreWatch watch, Timing timing, Consumer<SendLedger.Reply> replies) {
        this.key = key;
        this.ledger = ledger;
        this.watch = watch;
        this.timing = timing;
        this.replies = replies;
        this.share = ledger.share(key);
        this.minute = new MinuteWindow(ledger.shared(), timing.nanos());
    }

    /** Another transport sends through this account: the strictest of their limits holds. */
    void join(Limits more) throws SQLException {
        locked(() -> {
            limits.join(more);
            minute.limit(limits.perMinute());
            return null;
        });
        if (limited()) {
            ledger.prepare(key);
            settleConnections();
            refresh();
        }
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** False where nothing is counted and the store is not needed. */
    boolean limited() {
        return limits.limited();
    }

    // Places: the gate holds the lock.

    boolean canGive(long now) {
        int most = limited() ? share.of(limits.connections()) : limits.connections();
        return open < most && minute.room(now) > 0 && !(limited() && watch.isDown());
    }

    void give() {
        open++;
        minute.ticket(1);
    }

    /** @param ticket whether the place was never turned into a send */
    void takeBack(boolean ticket) {
        open--;
        minute.ticket(ticket ? -1 : 0);
        changed.signalAll();
    }

    /** True where other transports of this account might have to wait for what an idle place holds. */
    boolean scarce(long now, int ownConnections) {
        int others = limits.ofOthers(ownConnections);
        return others > 0 && Math.min(minute.room(now), limits.connections() - open) < others;
    }

    /** When a place may be had that cannot be had now; {@link Long#MAX_VALUE} if only an event can tell. */
    long nextRoom(long now) {
        return Math.min(minute.nextRoom(now), looksAtOthers() ? minute.staleAt() : Long.MAX_VALUE);
    }

    boolean stale(long now) {
        return looksAtOthers() && minute.stale(now);
    }

    private boolean looksAtOthers() {
        return limited() && ledger.shared() && !watch.isDown();
    }

    int usedLastMinute() {
        return minute.used(timing.nanos());
    }

    long usedLastDay() {
        return minute.others().day();
    }

    // Without the lock.
    /** Reads what the other instances have sent, and the day's sum. */
    void refresh() {
        try {
            SendLedger.View view = ledger.view(key);
            locked(() -> {
                minute.see(view);
                changed.signalAll();
                return null;
            });
            watch.worked();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    /** What each gate's transport has open counts for the account. */
    ConnectionShare share() {
        return share;
    }

    /** Agrees with the other instances on who may have how many connections. */
    void settleConnections() throws SQLException {
        if (limited() && share.settle(limits.connections(), () -> locked(() -> open))) {
            locked(() -> {
                changed.signalAll();
                return null;
            });
        }
    }

    /** Called while the store is away. */
    void tryStore() {
        try {
            ledger.tryWrite(key);
            refresh();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    /** For who looks at the figures. */
    void refreshIfOld() {
        boolean old = locked(() -> timing.nanos() - minute.others().at() > DAY_VIEW_AGE);
        if (limited() && old && !watch.isDown()) {
            refresh();
        }
    }

    void keep() throws SQLException {
        if (limited()) {
            ledger.keep(key, limits.perDay() > 0);
        }
    }

    /** Counts a send. @param ticket whether it takes up the ticket of a place */
    Answer reserve(int recipients, boolean ticket) {
        Send send = new Send(ledger.newId());
        if (!limited()) {
            count(ticket);
            return new Answer(send, null, false);
        }
        Attempt attempt = new Attempt(this, limits.perDay(), recipients, ticket);
        try {
            Long later = ledger.reserve(key, send.id(), recipients, attempt);
            watch.worked();
            return later == null
                    ? new Answer(send, null, false)
                    : new Answer(null, timing.now().plusMillis(later), attempt.dayUsedUp());
        } catch (SQLException e) {
            watch.failed(e);
            if (attempt.counted()) {
                // Whether the row was committed is unknown: it counts, though nothing will be sent.
                answered(send);
                locked(() -> {
                    minute.ticket(ticket ? 1 : 0);
                    return null;
                });
            }
            return new Answer(null, timing.now().plus(STORE_RETRY), false);
        }
    }

    void count(boolean ticket) {
        locked(() -> {
            minute.sent();
            minute.ticket(ticket ? -1 : 0);
            return null;
        });
    }

    /** The server answered, or nothing is known of the send and nothing more will come: its minute starts now. */
    void answered(Send send) {
        long now = timing.nanos();
        locked(() -> {
            minute.answered(now);
            changed.signalAll();
            return null;
        });
        if (limited()) {
            replies.accept(new SendLedger.Reply(send.id(), now));
        }
    }

    /**
     * Milliseconds until the minute has room and the server takes another connection; 0 if so now.
     *
     * @param view just read, under the limit's row lock
     */
    long wait(SendLedger.View view) {
        return locked(() -> {
            minute.see(view);
            long now = timing.nanos();
            boolean connects =
                    limits.connections() == 0 || view.connected() + minute.unanswered() < limits.connections();
            if (connects && minute.allows(now)) {
                return 0L;
            }
            long room = connects ? minute.nextRoom(now) : Long.MAX_VALUE;
            return room == Long.MAX_VALUE ? REPLY_RETRY : (room - now) / 1_000_000 + 1;
        });
    }
}
