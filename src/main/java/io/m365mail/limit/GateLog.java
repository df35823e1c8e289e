package io.m365mail.limit;

import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines of a gate: one for each change of its mode, one for each probe that failed. */
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
}
