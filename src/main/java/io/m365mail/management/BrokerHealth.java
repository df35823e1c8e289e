package io.m365mail.management;

import io.m365mail.broker.BrokerProblem;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready only while the broker can accept: running, and its disk not full. */
public final class BrokerHealth extends AbstractHealthCheck {
    private final Supplier<BrokerProblem> problem;

    /** @param problem why nothing can be accepted, or null */
    public BrokerHealth(Supplier<BrokerProblem> problem) {
        super("m365", "broker");
        this.problem = problem;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        BrokerProblem what = problem.get();
        if (what == null) {
            builder.up();
        } else {
            builder.message(what.detail()).down();
        }
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
