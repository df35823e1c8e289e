package io.m365mail.smtp.client;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Sends messages to one server over pooled connections. A connection that turns out at MAIL to be going away (421, or
 * closed) although it served before is replaced by a new one at once: that is no attempt, and the message is accounted
 * for once. Everything else that fails is in the outcome.
 */
public final class SmtpTransport implements AutoCloseable {
    private final SmtpConnectionPool pool;
    private final String server;

    public SmtpTransport(SmtpConnector connector, PoolLimits limits, LongSupplier nanoTime) {
        this.pool = new SmtpConnectionPool(connector, limits, nanoTime);
        this.server = connector.options().server();
    }

    /**
     * One transaction.
     *
     * @param hook called right before MAIL and after the last reply
     * @throws NotNow where the hook had no room; nothing was sent
     * @throws InterruptedException while waiting for a connection; nothing was sent
     */
    public Outcome send(Envelope envelope, MailContent content, SendHook hook) throws NotNow, InterruptedException {
        try (var once = new Once(hook)) {
            SmtpConnection connection = pool.borrow();
            boolean reused = connection.messages() > 0;
            Outcome outcome = over(connection, envelope, content, once);
            if (reused && connection.brokeAtMail()) {
                outcome = over(pool.borrowNew(), envelope, content, once);
            }
            return outcome;
        } catch (SmtpFailure e) {
            return e.outcome(envelope.recipients(), server);
        }
    }

    private Outcome over(SmtpConnection connection, Envelope envelope, MailContent content, SendHook hook)
            throws NotNow {
        try {
            return connection.send(envelope, content, hook);
        } finally {
            pool.giveBack(connection);
        }
    }

    public PoolStats stats() {
        return pool.stats();
    }

    /** Soon closes idle connections until at most so many are open, as far as they go. */
    public void closeIdle(int most) {
        pool.closeIdle(most);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Two connections, one message: reserved before the first MAIL, answered after the last reply. */
    private static final class Once implements SendHook, AutoCloseable {
        private final SendHook hook;
        private boolean reserved;

        Once(SendHook hook) {
            this.hook = hook;
        }

        @Override
        public Instant beforeMail(int recipients) {
            if (reserved) {
                return null;
            }
            Instant until = hook.beforeMail(recipients);
            reserved = until == null;
            return until;
        }

        @Override
        public void answered() {
            // Said at the end, as another connection may still follow.
        }

        @Override
        public void close() {
            if (reserved) {
                hook.answered();
            }
        }
    }
}
