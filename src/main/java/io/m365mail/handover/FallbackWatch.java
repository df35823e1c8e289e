package io.m365mail.handover;

import io.m365mail.config.BundleConfig.Flow;
import io.m365mail.delivery.Outages;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Watches one transport that has a fallback. Down means: no connection, greeting, EHLO or TLS since {@code
 * fallback-after}, and a look at the server right now fails too; a refused message or login is no outage. While its queue
 * is away, looks in growing intervals; the first that succeeds brings the queue back.
 */
final class FallbackWatch {
    private final Flow flow;
    private final Handovers handovers;
    private final Outages outages;
    private final ServerProbe probe;
    private final Clock clock;
    private final Duration initial;
    private final Duration maximum;
    private Duration interval;
    private Instant nextLook = Instant.MIN;
    private boolean wasHanded;

    FallbackWatch(
            Flow flow,
            Handovers handovers,
            Outages outages,
            ServerProbe probe,
            Clock clock,
            Duration initial,
            Duration maximum) {
        this.flow = flow;
        this.handovers = handovers;
        this.outages = outages;
        this.probe = probe;
        this.clock = clock;
        this.initial = initial;
        this.maximum = maximum;
        this.interval = initial;
    }

    /** May take as long as a connection attempt does. */
    void look() throws SQLException {
        Instant now = clock.instant();
        Handover handed = handovers.of(flow.transport());
        if (wasHanded && handed == null) {
            // Another instance has reached the server, or somebody has resumed it: what was seen before is out of date.
            outages.isUp(flow.transport());
        }
        wasHanded = handed != null;
        if (now.isBefore(nextLook) || handed != null && handed.byHand()) {
            return;
        }
        if (handed != null) {
            lookWhetherItIsBack(now);
            return;
        }
        interval = initial;
        Outages.Down down = outages.of(flow.transport());
        if (down == null || now.isBefore(down.since().plus(flow.fallbackAfter()))) {
            return;
        }
        if (probe.look(flow.transport()) == null) {
            outages.isUp(flow.transport());
        } else if (handovers.fallBack(flow.transport(), flow.fallback())) {
            wasHanded = true;
            nextLook = now.plus(initial);
        }
    }

    private void lookWhetherItIsBack(Instant now) throws SQLException {
        if (probe.look(flow.transport()) == null) {
            outages.isUp(flow.transport());
            handovers.takeBack(flow.transport());
            return;
        }
        interval = interval.multipliedBy(2).compareTo(maximum) < 0 ? interval.multipliedBy(2) : maximum;
        nextLook = now.plus(interval);
    }
}
