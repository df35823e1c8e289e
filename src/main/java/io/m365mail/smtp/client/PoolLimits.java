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
    public PoolLimits {
        if (connections < 1) {
            throw new IllegalArgumentException("connections is " + connections + "; it must be at least 1");
        }
    }

    /** 100 messages, 30 s idle, 10 minutes old. */
    public static PoolLimits of(int connections) {
        return new PoolLimits(connections, 100, Duration.ofSeconds(30), Duration.ofMinutes(10));
    }
}
