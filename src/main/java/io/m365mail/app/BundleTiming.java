package io.m365mail.app;

import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.limit.Timing;
import java.time.Clock;
import java.time.Duration;

/**
 * The clocks and time-outs of a bundle.
 *
 * @param clock for time stamps, retries and lifetimes
 * @param limits for the windows of the limits
 * @param throttlePeriod the period of the throttle EIP beside each gate; it cannot take another clock, so a test that
 *     makes minutes pass quickly shortens it
 * @param probeInitial from a hold to its first probe
 * @param probeMaximum the longest time between two probes
 * @param broker how long the broker may keep us waiting
 * @param acceptTimeout from the end of a message to the reply of an SMTP source
 */
public record BundleTiming(
        Clock clock,
        Timing limits,
        Duration throttlePeriod,
        Duration probeInitial,
        Duration probeMaximum,
        BrokerTimeouts broker,
        Duration acceptTimeout) {
    public static final BundleTiming SYSTEM = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(15));

    /** With the usual time-outs. */
    public BundleTiming(
            Clock clock, Timing limits, Duration throttlePeriod, Duration probeInitial, Duration probeMaximum) {
        this(clock, limits, throttlePeriod, probeInitial, probeMaximum, BrokerTimeouts.DEFAULT, Duration.ofSeconds(30));
    }

    /** The same with other time-outs. */
    public BundleTiming with(BrokerTimeouts otherBroker, Duration otherAccept) {
        return new BundleTiming(clock, limits, throttlePeriod, probeInitial, probeMaximum, otherBroker, otherAccept);
    }
}
