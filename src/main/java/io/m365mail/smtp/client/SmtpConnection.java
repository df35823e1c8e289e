package io.m365mail.smtp.client;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A connection that is ready for MAIL, made by {@link SmtpConnector}. Used by one thread at a time; only
 * {@link #abort} and the stall check may come from another.
 */
public final class SmtpConnection {
    /** A peer that has not said good-bye by then is not waited for. */
    private static final Duration QUIT_TIMEOUT = Duration.ofSeconds(2);

    private final SmtpWire wire;
    private final SmtpClientOptions options;
    private final Capabilities offered;
    private final LongSupplier nanoTime;
    private final long openedAt;
    private long usedAt;
    private int messages;
    private boolean usable = true;
    private boolean brokeAtMail;

    SmtpConnection(SmtpWire wire, SmtpClientOptions options, Capabilities offered, LongSupplier nanoTime) {
        this.wire = wire;
        this.options = options;
        this.offered = offered;
        this.nanoTime = nanoTime;
        this.openedAt = nanoTime.getAsLong();
        this.usedAt = openedAt;
    }

    /**
     * Makes one transaction. Every recipient stands in the outcome once, in the envelope's order; a broken connection is
     * an outcome too.
     *
     * @throws NotNow where the hook said so; nothing was sent, and the connection is as good as before
     */
    public Outcome send(Envelope envelope, MailContent content, SendHook hook) throws NotNow {
        brokeAtMail = false;
        messages++;
        var transaction = new Transaction(wire, options, offered, envelope, hook);
        try {
            return transaction.run(content);
        } finally {
            usable = transaction.connectionUsable();
            brokeAtMail = transaction.brokeAtMail();
            usedAt = nanoTime.getAsLong();
        }
    }

    /** False after a 421, a loss or a violation: close it. */
    public boolean usable() {
        return usable;
    }

    /** Messages that were tried over it. */
    public int messages() {
        return messages;
    }

    /** True where the last send came to nothing because the connection was going away already. */
    boolean brokeAtMail() {
        return brokeAtMail;
    }

    Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - openedAt);
    }

    Duration idle() {
        return Duration.ofNanos(nanoTime.getAsLong() - usedAt);
    }

    /** Whether the server has gone away meanwhile; without a round trip. */
    boolean isStale() {
        return wire.isStale();
    }

    public boolean isTls() {
        return wire.isTls();
    }

    /** Says QUIT where the connection still works, and closes it. */
    public void close() {
        if (usable) {
            usable = false;
            try {
                wire.ask("QUIT", QUIT_TIMEOUT);
            } catch (IOException e) {
                // The connection is closed next anyway, and no message depends on this reply.
                wire.abort();
            }
        }
        wire.abort();
    }

    /** Closes the socket at once, from any thread; a send in progress ends with an outcome. */
    void abort() {
        wire.abort();
    }

    void abortIfStalled() {
        wire.abortIfStalled(options.timeouts().dataBlock());
    }
}
