package io.m365mail.delivery;

import io.m365mail.config.BundleConfig.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a delivery waits after it was put off: twice as long each time, from {@code m365.retry.initial} to
 * {@code m365.retry.maximum}, and up to a quarter more or less by chance, so that what failed together does not come
 * back together.
 */
public final class RetrySchedule {
    private static final double JITTER = 0.25;

    private final Retry config;
    private final RandomGenerator random;

    public RetrySchedule(Retry config, RandomGenerator random) {
        this.config = config;
        this.random = random;
    }

    /**
     * @param attempts how many were put off before this one; 0 for the first
     */
    public Duration after(int attempts) {
        double doubled = config.initial().toMillis() * Math.pow(2, Math.min(attempts, 40));
        double millis = Math.min(doubled, config.maximum().toMillis());
        return Duration.ofMillis((long) (millis * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }

    /** How long a delivery is tried before it is dead. */
    public Duration giveUp() {
        return config.giveUp();
    }
}
