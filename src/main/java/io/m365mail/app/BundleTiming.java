package io.m365mail.app;

import io.m365mail.limit.Timing;
import java.time.Clock;
import java.time.Duration;

/**
 * The clocks of a bundle.
 *
 * @param clock for time stamps, retries and lifetimes
 * @param limits for the windows of the limits
 * @param throttlePeriod the period of the throttle EIP beside each gate; it cannot take another clock, so a test that
 *     makes minutes pass quickly shortens it
 * @param probeInitial from a hold to its first probe
 * @param probeMaximum the longest time between two probes
 */
public record BundleTiming(
        Clock clock, Timing limits, Duration throttlePeriod, Duration probeInitial, Duration probeMaximum) {
    public static final BundleTiming SYSTEM = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(15));
}
