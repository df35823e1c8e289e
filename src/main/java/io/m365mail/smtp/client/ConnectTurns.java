package io.m365mail.smtp.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps a pool from storming a server that cannot be reached. While connecting works, everybody connects at once. After a
 * failure there is one attempt at a time, a second after the last; who waits for one that began after he asked shares its
 * failure instead of making his own. Nobody is told of a failure older than his question.
 */
final class ConnectTurns {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final SmtpConnector connector;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private SmtpFailure lastFailure;
    private long lastStarted;
    private long lastEnded;
    private boolean retrying;
    private boolean closed;

    ConnectTurns(SmtpConnector connector, LongSupplier nanoTime) {
        this.connector = connector;
        this.nanoTime = nanoTime;
    }

    /** Opens a connection when it is this caller's turn. */
    SmtpConnection open() throws SmtpFailure, InterruptedException {
        awaitTurn();
        long started = nanoTime.getAsLong();
        SmtpFailure failure = null;
        try {
            return connector.open();
        } catch (SmtpFailure e) {
            failure = e;
            throw e;
        } finally {
            attempted(failure, started);
        }
    }

    private void awaitTurn() throws SmtpFailure, InterruptedException {
        long asked = nanoTime.getAsLong();
        lock.lockInterruptibly();
        try {
            while (lastFailure != null && !closed) {
                if (lastStarted - asked >= 0) {
                    throw lastFailure;
                }
                long pause = lastEnded + PAUSE - nanoTime.getAsLong();
                if (retrying) {
                    changed.await();
                } else if (pause > 0) {
                    changed.awaitNanos(pause);
                } else {
                    retrying = true;
                    return;
                }
            }
            if (closed) {
                throw SmtpFailure.stopping(connector.options().server());
            }
        } finally {
            lock.unlock();
        }
    }

    private void attempted(SmtpFailure failure, long started) {
        lock.lock();
        try {
            lastFailure = failure;
            lastStarted = started;
            lastEnded = nanoTime.getAsLong();
            retrying = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits or connects any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
