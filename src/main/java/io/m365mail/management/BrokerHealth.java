package io.m365mail.management;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready only while the broker can accept: running, and its disk not full. */
public final class BrokerHealth extends AbstractHealthCheck {
    private final Supplier<String> problem;

    /** @param problem why nothing can be accepted, or null */
    public BrokerHealth(Supplier<String> problem) {
        super("m365", "broker");
        this.problem = problem;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String what = problem.get();
        if (what == null) {
            builder.up();
        } else {
            builder.message(what).down();
        }
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
