package io.m365mail.app;

import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.handover.Handovers;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.camel.builder.RouteBuilder;

/** Makes one route of the templates in {@code routes/} for each configured source and transport. */
final class BundleRoutes extends RouteBuilder {
    private final BundleConfig config;
    private final BundleTiming timing;
    private final List<String> stranded;
    private final UnaryOperator<String> outboxOwner;

    /**
     * @param outboxOwner what marks the rows that a database source has taken
     * @param stranded queues of transports that are gone from the configuration
     */
    BundleRoutes(BundleConfig config, BundleTiming timing, UnaryOperator<String> outboxOwner, List<String> stranded) {
        this.stranded = stranded;
        this.outboxOwner = outboxOwner;
        this.config = config;
        this.timing = timing;
    }

    static String sourceId(String name) {
        return "source-" + name;
    }

    static String transportId(String name) {
        return "transport-" + name;
    }

    @Override
    public void configure() {
        config.transports().forEach(t -> {
            transport(t);
            handOver(Handovers.carryRoute(t.name()), t.queue(), "carry", false);
            handOver(Handovers.keptRoute(t.name()), Queues.kept(t.name()), "back", false);
            handOver(Handovers.externalRoute(t.name()), Queues.external(t.name()), "back", false);
        });
        stranded.forEach(queue -> handOver("choose-anew-" + queue, queue, "anew", true));
        config.sources().forEach(this::source);
        if (config.sources().stream().anyMatch(s -> s instanceof SourceConfig.Mailbox m && m.bounces())) {
            templatedRoute("sent-register").routeId("sent-register");
        }
    }

    private void handOver(String id, String queue, String rule, boolean started) {
        templatedRoute("hand-over")
                .routeId(id)
                .parameter("queue", queue)
                .parameter("rule", rule)
                .parameter("started", String.valueOf(started));
    }

    private void transport(TransportConfig t) {
        var route = templatedRoute("transport-" + t.type())
                .routeId(transportId(t.name()))
                .parameter("name", t.name());
        if (t.limits().messagesPerMinute() == 0) {
            route.parameter("unlimited", "true");
        } else {
            route.parameter("messagesPerMinute", String.valueOf(t.limits().messagesPerMinute()))
                    .parameter(
                            "throttlePeriod",
                            String.valueOf(timing.throttlePeriod().toMillis()));
        }
    }

    private void source(SourceConfig s) {
        if (s instanceof SourceConfig.Smtp smtp) {
            templatedRoute(smtp.refuse().equals("dead-letter") ? "source-smtp-dead-letter" : "source-smtp")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter(
                            "acceptTimeout",
                            String.valueOf(timing.acceptTimeout().toMillis()));
        } else if (s instanceof SourceConfig.Folder folder) {
            templatedRoute("source-folder")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter("path", folder.path().toString());
        } else if (s instanceof SourceConfig.Scan scan) {
            templatedRoute("source-scan")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter("path", scan.path().toString());
        } else if (s instanceof SourceConfig.Jms jms) {
            templatedRoute("source-jms")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter("queue", jms.queue());
        } else if (s instanceof SourceConfig.Database database) {
            templatedRoute("source-database")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter(
                            "pollInterval",
                            String.valueOf(database.pollInterval().toMillis()))
                    .parameter("owner", outboxOwner.apply(s.name()));
            templatedRoute("outcome-database").routeId("outcome-" + s.name()).parameter("name", s.name());
        } else if (s instanceof SourceConfig.Mailbox mailbox) {
            templatedRoute("source-mailbox")
                    .routeId(sourceId(s.name()))
                    .parameter("name", s.name())
                    .parameter(
                            "pollInterval",
                            String.valueOf(mailbox.pollInterval().toMillis()));
        }
    }
}
