package io.m365mail.smtp.client;

import java.time.Duration;

/**
 * How many connections a pool may have, and how long one serves.
 *
 * @param connections sockets at most
 * @param messagesPerConnection 0 for no limit
 * @param maxIdle longer unused ones are closed
 * @param maxAge older ones are closed after use
 */
public record PoolLimits(int connections, int messagesPerConnection, Duration maxIdle, Duration maxAge) {
    /**
     * Longer than the minute that a mailbox at its limit waits, so that it logs in once and not anew for each minute's
     * messages. Exchange Online's own idle time-out is not documented; RFC 5321, 4.5.3.2.7 asks for five minutes. A
     * server that closes earlier does no harm: the pool notices before it lends the connection.
     */
    public static final Duration MAX_IDLE = Duration.ofSeconds(90);

    public PoolLimits {
        if (connections < 1) {
            throw new IllegalArgumentException("connections is " + connections + "; it must be at least 1");
        }
    }

    /** 100 messages, {@link #MAX_IDLE} idle, 10 minutes old. */
    public static PoolLimits of(int connections) {
        return new PoolLimits(connections, 100, MAX_IDLE, Duration.ofMinutes(10));
    }

    /** It has done its time, or is of no more use. */
    boolean wornOut(SmtpConnection connection) {
        return !connection.usable()
                || messagesPerConnection > 0 && connection.messages() >= messagesPerConnection
                || connection.age().compareTo(maxAge) >= 0
                || connection.idle().compareTo(maxIdle) >= 0;
    }
}
