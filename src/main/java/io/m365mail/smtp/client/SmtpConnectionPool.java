package io.m365mail.smtp.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The connections of one transport: never more than {@code limits.connections} sockets, whether idle, in use or being
 * opened. A borrower gets the one used last (so that surplus ones grow old and go), or opens one, or waits. A connection
 * that is too old, too long idle, has carried its messages, or whose server went away is closed instead of lent.
 */
public final class SmtpConnectionPool implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** A connection that answered so recently is lent without a look at its socket. */
    private static final Duration FRESH = Duration.ofMillis(500);

    private final String server;
    private final ConnectTurns turns;
    private final PoolLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<SmtpConnection> idle = new ArrayDeque<>();
    private final Set<SmtpConnection> lent = new HashSet<>();
    private final LongAdder connects = new LongAdder();
    private final LongAdder reuses = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final PoolHousekeeper housekeeper;
    /** Sockets that exist or are being opened or closed. */
    private int sockets;

    private boolean closed;

    public SmtpConnectionPool(SmtpConnector connector, PoolLimits limits, LongSupplier nanoTime) {
        this.server = connector.options().server();
        this.turns = new ConnectTurns(connector, nanoTime);
        this.limits = limits;
        this.housekeeper = new PoolHousekeeper(server, this::tidy);
    }

    /** Waits for a connection, opening one where the limit leaves room. */
    SmtpConnection borrow() throws SmtpFailure, InterruptedException {
        while (true) {
            SmtpConnection connection = idleOrRoom();
            if (connection == null) {
                return open();
            }
            if (reusable(connection)) {
                reuses.increment();
                return connection;
            }
            discard(connection);
        }
    }

    /** A connection that nobody used before: what to take after an old one turned out to be dead. */
    SmtpConnection borrowNew() throws SmtpFailure, InterruptedException {
        SmtpConnection connection = idleOrRoom();
        while (connection != null) {
            discard(connection);
            connection = idleOrRoom();
        }
        return open();
    }

    private boolean reusable(SmtpConnection connection) {
        return !limits.wornOut(connection) && (connection.idle().compareTo(FRESH) < 0 || !connection.isStale());
    }

    /** An idle connection, now lent; or null with one socket counted for the caller to open. */
    private SmtpConnection idleOrRoom() throws SmtpFailure, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && idle.isEmpty() && sockets >= limits.connections()) {
                changed.await();
            }
            if (closed) {
                throw SmtpFailure.stopping(server);
            }
            SmtpConnection connection = idle.poll();
            if (connection == null) {
                sockets++;
            } else {
                lent.add(connection);
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    private SmtpConnection open() throws SmtpFailure, InterruptedException {
        SmtpConnection opened = null;
        boolean lent = false;
        try {
            opened = turns.open();
            lend(opened);
            lent = true;
            connects.increment();
            return opened;
        } finally {
            if (!lent) {
                if (opened != null) {
                    opened.close();
                }
                socketGone(opened);
            }
        }
    }

    private void lend(SmtpConnection connection) throws SmtpFailure {
        lock.lock();
        try {
            if (closed) {
                throw SmtpFailure.stopping(server);
            }
            lent.add(connection);
            housekeeper.begin();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a connection back. One that is of no more use is closed before another may take its place. */
    void giveBack(SmtpConnection connection) {
        messages.increment();
        boolean keep = !limits.wornOut(connection);
        lock.lock();
        try {
            keep &= !closed;
            if (keep) {
                lent.remove(connection);
                idle.push(connection);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (!keep) {
            discard(connection);
        }
    }

    private void discard(SmtpConnection connection) {
        connection.close();
        socketGone(connection);
    }

    private void socketGone(SmtpConnection connection) {
        lock.lock();
        try {
            lent.remove(connection);
            sockets--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes what has been idle too long, and sockets whose peer does not read. Called every second. */
    void tidy() {
        closeIdleNow(Integer.MAX_VALUE);
        List<SmtpConnection> busy;
        lock.lock();
        try {
            busy = List.copyOf(lent);
        } finally {
            lock.unlock();
        }
        busy.forEach(SmtpConnection::abortIfStalled);
    }

    /** Soon closes idle connections until at most so many are open; who calls does not wait for servers. */
    void closeIdle(int most) {
        lock.lock();
        try {
            if (!idle.isEmpty() && sockets > most) {
                housekeeper.soon(() -> closeIdleNow(most));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes idle connections that are worn out, and the longest idle ones until at most so many are open. */
    private void closeIdleNow(int most) {
        List<SmtpConnection> surplus = new ArrayList<>();
        lock.lock();
        try {
            for (var each = idle.descendingIterator(); each.hasNext(); ) {
                SmtpConnection connection = each.next();
                if (limits.wornOut(connection) || sockets - surplus.size() > most) {
                    each.remove();
                    surplus.add(connection);
                }
            }
        } finally {
            lock.unlock();
        }
        surplus.forEach(this::discard);
    }

    public PoolStats stats() {
        lock.lock();
        try {
            return new PoolStats(sockets, idle.size(), connects.sum(), reuses.sum(), messages.sum());
        } finally {
            lock.unlock();
        }
    }

    /** Says QUIT on idle connections; those in use get five seconds to finish, then they are cut. */
    @Override
    public void close() {
        turns.close();
        List<SmtpConnection> unused;
        lock.lock();
        try {
            closed = true;
            unused = List.copyOf(idle);
            idle.clear();
            changed.signalAll();
            housekeeper.end();
        } finally {
            lock.unlock();
        }
        unused.forEach(this::discard);
        awaitLent();
    }

    private void awaitLent() {
        lock.lock();
        try {
            long left = GRACE.toNanos();
            while (!lent.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lent.forEach(SmtpConnection::abort);
            lock.unlock();
        }
    }
}
