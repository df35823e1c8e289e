package io.m365mail.limit;

import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines of a gate: one for each change of its mode, one for each probe that failed, and
 * one where it slows down and one where it is back at its full pace. */
final class GateLog {
    private static final Logger LOG = LoggerFactory.getLogger(TransportGate.class);

    private GateLog() {}

    static void changed(String transport, Gate.State state, Instant nextProbe) {
        switch (state.mode()) {
            case OPEN -> LOG.info("transport {} open", transport);
            case PARKED -> LOG.warn("transport {} parked until {}: {}", transport, state.until(), state.reason());
            case HELD ->
                LOG.warn(
                        "transport {} on hold: {}; {}",
                        transport,
                        state.reason(),
                        state.stopped() ? "it waits to be resumed" : "next probe at " + nextProbe);
        }
    }

    static void stillHeld(String transport, String reason, Instant nextProbe) {
        LOG.info("transport {} still on hold: {}; next probe at {}", transport, reason, nextProbe);
    }

    static void slower(String transport, int now, int full, String reply) {
        LOG.warn(
                "transport {} slows down, {} of {} connections, one more after each good minute: {}",
                transport,
                now,
                full,
                reply);
    }

    static void fullPace(String transport, int full) {
        LOG.info("transport {} is back at its full pace, {} connections", transport, full);
    }
}
