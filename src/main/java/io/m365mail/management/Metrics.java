package io.m365mail.management;

import io.m365mail.delivery.DeliveryCounts;
import io.m365mail.limit.TenantLimit;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Queued;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Counts of recipients since the start, and gauges that are read when somebody looks. In Prometheus' text format. */
public final class Metrics implements DeliveryCounts, AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    /** Recipients of a submission that the intake has just committed. */
    public void accepted(List<? extends Queued> deliveries) {
        for (Queued d : deliveries) {
            if (d instanceof Delivery delivery && delivery.copy()) {
                continue;
            }
            counter("m365.accepted.recipients", "Recipients accepted, by source", "source", d.source())
                    .increment(d.envelope().recipients().size());
        }
    }

    @Override
    public void delivered(String transport, String source, int recipients) {
        counter("m365.delivered.recipients", "Recipients delivered, by transport", "transport", transport)
                .increment(recipients);
    }

    @Override
    public void deferred(String transport, int recipients) {
        counter("m365.deferred.recipients", "Recipients put off, each time anew", "transport", transport)
                .increment(recipients);
    }

    @Override
    public void dead(String transport, int recipients) {
        counter("m365.dead.recipients", "Recipients that became dead letters, by transport", "transport", transport)
                .increment(recipients);
    }

    /** Recipients of what was cancelled before it was due. */
    public void cancelled(String source, int recipients) {
        counter("m365.cancelled.recipients", "Recipients cancelled before they were due, by source", "source", source)
                .increment(recipients);
    }

    /** Recipients that came back after a server had taken them. */
    public void bounced(String source, int recipients) {
        counter("m365.bounced.recipients", "Recipients that bounced, by the source of the submission", "source", source)
                .increment(recipients);
    }

    /** A value that is asked for at each look. */
    public <T> void gauge(String name, String help, String tag, String value, T owner, ToDoubleFunction<T> of) {
        Gauge.builder(name, owner, of)
                .description(help)
                .tag(tag, value)
                .strongReference(true)
                .register(registry);
    }

    /** The tenant's external recipients: used in the last 24 hours, by all instances, and the limit. */
    public void tenant(TenantLimit limit) {
        String used = "m365.tenant.external.recipients";
        gauge(used, "External recipients of the tenant in 24 h", "of", "used", limit, TenantLimit::used);
        gauge(used, "External recipients of the tenant in 24 h", "of", "limit", limit, TenantLimit::perDay);
    }

    /** The sum over all tags since the start. */
    public long total(String name) {
        return (long) registry.find(name).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    public String scrape() {
        return registry.scrape();
    }

    private Counter counter(String name, String help, String tag, String value) {
        return counters.computeIfAbsent(
                name + '\n' + value,
                k -> Counter.builder(name).description(help).tag(tag, value).register(registry));
    }

    @Override
    public void close() {
        registry.close();
    }
}
