package io.m365mail.limit;

import io.m365mail.config.TransportConfig.Limits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account of one limit, such as a mailbox: who sends through it, whatever the transport.
 *
 * <p>The rule of a sliding limit without a common clock: a send may start when at most {@code N - 1} others are
 * unanswered or were answered less than 60 s and a margin ago. The server counts each send somewhere between our MAIL
 * and its reply. Take any {@code N + 1} sends, and the one of them that started last: one of the others was answered
 * more than 60 s before that start, so it was counted more than 60 s earlier; no window of 60 s holds them all.
 * Likewise for recipients and 24 h, where an unanswered send counts too.
 *
 * <p>Own sends are kept here by the steady clock; the others' (and those of earlier runs) are read from the ledger under
 * a row lock at each reservation. What is kept here only decides when it makes sense to receive; the reservation
 * decides anew. Gates of one account share its lock and wait on one condition, first come first served.
 */
final class SendAccount {
    private static final Logger LOG = LoggerFactory.getLogger(SendAccount.class);
    private static final long WINDOW = (SendLedger.MINUTE + SendLedger.MARGIN) * 1_000_000;
    /** Where instances share a limit, one takes up what another leaves only after this time: no race for each place. */
    private static final long GRACE = Duration.ofMillis(200).toNanos();

    private static final long VIEW_AGE = Duration.ofSeconds(1).toNanos();
    private static final Duration STORE_RETRY = Duration.ofSeconds(10);
    private static final long ALL_UNANSWERED_RETRY = 1000;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    /** Who waits for a place, in the order of arrival; guarded by the lock. */
    final Set<TransportGate.Waiter> waiters = new LinkedHashSet<>();

    private final String key;
    private final SendLedger ledger;
    private final StoreWatch watch;
    private final Timing timing;
    private final LongConsumer answeredIds;
    private final List<Limits> limits = new ArrayList<>();
    private final ArrayDeque<Long> ownFrees = new ArrayDeque<>();
    private SendLedger.View view = new SendLedger.View(0, List.of(), 0);
    private int perMinute;
    private int perDay;
    private int connections;
    private int unanswered;
    private int tickets;
    private int open;

    /** A send that was counted and has no answer yet. */
    record Send(long id) {}

    /** @param answeredIds takes the ids of answered sends, to be written soon */
    SendAccount(String key, SendLedger ledger, StoreWatch watch, Timing timing, LongConsumer answeredIds) {
        this.key = key;
        this.ledger = ledger;
        this.watch = watch;
        this.timing = timing;
        this.answeredIds = answeredIds;
    }

    /** Another transport sends through this account: the strictest of their limits holds. */
    void join(Limits more) throws SQLException {
        boolean first;
        lock.lock();
        try {
            limits.add(more);
            perMinute = strictest(Limits::messagesPerMinute);
            perDay = strictest(Limits::recipientsPerDay);
            connections = strictest(Limits::connections);
            first = view.at() == 0;
        } finally {
            lock.unlock();
        }
        if (limited() && first) {
            ledger.prepare(key);
            refresh();
        }
    }

    private int strictest(java.util.function.ToIntFunction<Limits> which) {
        return limits.stream().mapToInt(which).filter(n -> n > 0).min().orElse(0);
    }

    /** False where nothing is counted and the store is not needed. */
    boolean limited() {
        return perMinute > 0 || perDay > 0;
    }

    // ---- Places: the lock is held by the gate ----

    boolean canGive(long now) {
        return open < connections && free(now, true) > 0 && !(limited() && watch.isDown());
    }

    void give() {
        open++;
        tickets++;
    }

    /** True where other transports of this account might have to wait for what an idle place holds. */
    boolean scarce(long now, int ownConnections) {
        int others = limits.stream().mapToInt(Limits::connections).sum() - ownConnections;
        return limits.size() > 1 && Math.min(free(now, true), connections - open) < others;
    }

    /** @param ticket whether the place was never turned into a send */
    void giveBack(boolean ticket) {
        open--;
        if (ticket) {
            tickets--;
        }
        changed.signalAll();
    }

    /** When the next send leaves the window, {@link Long#MAX_VALUE} if only a reply can make room. */
    long nextFree(long now) {
        if (free(now, true) > 0) {
            return Long.MAX_VALUE;
        }
        return Math.min(
                ownFrees.isEmpty() ? Long.MAX_VALUE : ownFrees.peekFirst(),
                view.frees().stream()
                        .mapToLong(f -> later(f, grace()))
                        .filter(f -> f > now)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    /** The others may have sent since we looked. */
    boolean stale(long now) {
        return limited()
                && ledger.shared()
                && !watch.isDown()
                && (now - view.at() > VIEW_AGE || view.frees().stream().anyMatch(f -> f <= now && f > view.at()));
    }

    private int free(long now, boolean forPlaces) {
        return perMinute == 0
                ? Integer.MAX_VALUE
                : perMinute - used(now, forPlaces ? grace() : 0) - (forPlaces ? tickets : 0);
    }

    private int used(long now, long grace) {
        while (!ownFrees.isEmpty() && ownFrees.peekFirst() <= now) {
            ownFrees.removeFirst();
        }
        return unanswered
                + ownFrees.size()
                + (int) view.frees().stream().filter(f -> later(f, grace) > now).count();
    }

    private long grace() {
        return ledger.shared() ? GRACE : 0;
    }

    private static long later(long time, long by) {
        return time == Long.MAX_VALUE ? time : time + by;
    }

    int usedLastMinute() {
        lock.lock();
        try {
            return used(timing.nanos(), 0);
        } finally {
            lock.unlock();
        }
    }

    long usedLastDay() {
        return view.day();
    }

    /** Reads what the other instances have sent. Called without the lock. */
    void refresh() {
        if (!limited()) {
            return;
        }
        try {
            SendLedger.View read = ledger.view(key);
            lock.lock();
            try {
                view = read;
            } finally {
                lock.unlock();
            }
            watch.worked();
        } catch (SQLException e) {
            watch.failed(e);
        }
    }

    void keep() throws SQLException {
        if (limited()) {
            ledger.keep(key, perDay > 0);
        }
    }

    // ---- Sends ----

    /** The answer to a request for a send: it was counted, or may be asked for again later. */
    record Answer(Send send, Instant later, boolean dayUsedUp) {}

    /**
     * Counts a send.
     *
     * @param ticket whether it takes up the ticket of a place
     */
    Answer reserve(int recipients, boolean ticket) {
        Send send = new Send(ledger.newId());
        if (!limited()) {
            count(ticket);
            return new Answer(send, null, false);
        }
        Attempt attempt = new Attempt(recipients, ticket);
        try {
            Long later = ledger.reserve(key, send.id(), recipients, attempt);
            watch.worked();
            return later == null
                    ? new Answer(send, null, false)
                    : new Answer(null, timing.now().plusMillis(later - attempt.clock), attempt.dayUsedUp);
        } catch (SQLException e) {
            if (attempt.counted) {
                // Whether the row was committed is unknown: it counts, though nothing will be sent.
                answered(send);
            }
            watch.failed(e);
            return new Answer(null, timing.now().plus(STORE_RETRY), false);
        }
    }

    private void count(boolean ticket) {
        lock.lock();
        try {
            unanswered++;
            if (ticket) {
                tickets--;
            }
        } finally {
            lock.unlock();
        }
    }

    void answered(Send send) {
        lock.lock();
        try {
            unanswered--;
            ownFrees.addLast(timing.nanos() + WINDOW);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (limited()) {
            answeredIds.accept(send.id());
        }
    }

    /** Runs in the ledger's transaction, one at a time for each limit. */
    private final class Attempt implements SendLedger.Decision {
        private final int recipients;
        private final boolean ticket;
        private long clock;
        private boolean counted;
        private boolean dayUsedUp;

        Attempt(int recipients, boolean ticket) {
            this.recipients = recipients;
            this.ticket = ticket;
        }

        @Override
        public Long on(Connection connection, long storeClock, SendLedger.View read) throws SQLException {
            clock = storeClock;
            long wait = minuteWait(read);
            if (wait > 0) {
                return clock + wait;
            }
            long excess = read.day() + recipients - perDay;
            if (perDay > 0 && excess > 0) {
                dayUsedUp = read.day() >= perDay;
                return dayWait(connection, excess);
            }
            count(ticket);
            counted = true;
            return null;
        }

        /** Milliseconds until the minute has room; 0 if it has. */
        private long minuteWait(SendLedger.View read) {
            lock.lock();
            try {
                view = read;
                long now = timing.nanos();
                if (free(now, false) > 0) {
                    return 0;
                }
                long frees = nextFree(now);
                return frees == Long.MAX_VALUE ? ALL_UNANSWERED_RETRY : (frees - now) / 1_000_000 + 1;
            } finally {
                lock.unlock();
            }
        }

        private long dayWait(Connection connection, long excess) throws SQLException {
            if (recipients > perDay) {
                LOG.warn(
                        "{}: a transaction with {} recipients never fits the limit of {} a day; lower"
                                + " limits.recipients-per-message",
                        Text.oneLine(key),
                        recipients,
                        perDay);
            }
            return ledger.dayFrees(connection, key, clock, excess);
        }
    }
}
