package io.m365mail.management;

import io.m365mail.limit.Gate;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Names the transports that are held or parked, and why. It stays up: messages are accepted and wait, so restarting or
 * unplugging this instance would help nobody.
 */
public final class TransportsHealth extends AbstractHealthCheck {
    private final Map<String, ? extends Gate> gates;

    public TransportsHealth(Map<String, ? extends Gate> gates) {
        super("m365", "transports");
        this.gates = gates;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String closed = gates.entrySet().stream()
                .filter(e -> e.getValue().state().mode() != Gate.Mode.OPEN)
                .map(e -> describe(e.getKey(), e.getValue().state()))
                .collect(Collectors.joining("; "));
        builder.up();
        if (!closed.isEmpty()) {
            builder.message(closed);
        }
    }

    private static String describe(String name, Gate.State s) {
        return s.mode() == Gate.Mode.HELD
                ? name + " on hold since " + s.since() + ": " + s.reason()
                : name + " parked until " + s.until() + ": " + s.reason();
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
