package io.m365mail.management;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.handover.Handover;
import io.m365mail.handover.Handovers;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.Gate;
import io.m365mail.limit.TenantLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** What {@code status} and the console show, as a tree of plain values. Queues hold messages, the totals are recipients. */
public final class StatusView implements Supplier<Map<String, Object>> {
    private final BundleConfig config;
    private final BrokerAdmin admin;
    private final Map<String, ? extends Gate> gates;
    private final Handovers handovers;
    private final ExternalPark externalPark;
    private final TenantLimit tenantLimit;
    private final Function<String, String> sourceState;
    private final Supplier<Map<String, Object>> totals;
    private final Clock clock;
    private final Instant startedAt;

    /**
     * @param tenantLimit null where it is off
     * @param sourceState the state of a source's route, by the source's name
     * @param totals where the recipients are
     */
    public StatusView(
            BundleConfig config,
            BrokerAdmin admin,
            Map<String, ? extends Gate> gates,
            Handovers handovers,
            ExternalPark externalPark,
            TenantLimit tenantLimit,
            Function<String, String> sourceState,
            Supplier<Map<String, Object>> totals,
            Clock clock) {
        this.config = config;
        this.admin = admin;
        this.gates = gates;
        this.handovers = handovers;
        this.externalPark = externalPark;
        this.tenantLimit = tenantLimit;
        this.sourceState = sourceState;
        this.totals = totals;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    @Override
    public Map<String, Object> get() {
        var status = new LinkedHashMap<String, Object>();
        String version = StatusView.class.getPackage().getImplementationVersion();
        status.put("version", version == null ? "development" : version);
        status.put("uptimeSeconds", Duration.between(startedAt, clock.instant()).toSeconds());
        status.put("hostname", config.hostname());
        status.put("sources", config.sources().stream().map(this::source).toList());
        List<Map<String, Object>> transports = new ArrayList<>();
        for (TransportConfig t : config.transports()) {
            transports.add(transport(t, depth(t.queue())));
        }
        status.put("transports", transports);
        Gate.State external = externalPark.state();
        status.put(
                "externalMailParkedUntil",
                external == null ? null : external.until().toString());
        status.put("externalMailReason", external == null ? null : external.reason());
        status.put(
                "externalRecipients",
                tenantLimit == null ? null : Map.of("usedLastDay", tenantLimit.used(), "perDay", tenantLimit.perDay()));
        long submitted = config.sources().stream()
                .filter(SourceConfig.Jms.class::isInstance)
                .mapToLong(s -> depth(((SourceConfig.Jms) s).queue()).total())
                .sum();
        status.put("scheduled", Map.of("count", depth(Queues.SCHEDULED).total()));
        status.put("submit", Map.of("queued", submitted));
        status.put("dead", Map.of("count", depth(Queues.DEAD).total()));
        status.put("totals", totals.get());
        return status;
    }

    private Map<String, Object> source(SourceConfig s) {
        var m = new LinkedHashMap<String, Object>();
        m.put("name", s.name());
        m.put("type", s.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        m.put("state", sourceState.apply(s.name()));
        m.put("detail", detail(s));
        return m;
    }

    private static String detail(SourceConfig s) {
        if (s instanceof SourceConfig.Smtp smtp) {
            return smtp.address() + ":" + smtp.port();
        }
        if (s instanceof SourceConfig.Folder folder) {
            return folder.path().toString();
        }
        if (s instanceof SourceConfig.Database database) {
            return database.url().replaceAll("[?;].*", "");
        }
        if (s instanceof SourceConfig.Scan scan) {
            return scan.path().toString();
        }
        if (s instanceof SourceConfig.Mailbox mailbox) {
            return mailbox.login().mailbox() + " at " + mailbox.server().host() + ":"
                    + mailbox.server().port();
        }
        return s instanceof SourceConfig.Jms jms ? "queue " + jms.queue() : "";
    }

    private Map<String, Object> transport(TransportConfig t, BrokerAdmin.Depth depth) {
        Gate.State state = gates.get(t.name()).state();
        var m = new LinkedHashMap<String, Object>();
        m.put("name", t.name());
        m.put("type", t.type());
        m.put("state", state.mode().name().toLowerCase(Locale.ROOT));
        m.put("reason", state.reason());
        m.put("since", state.since() == null ? null : state.since().toString());
        m.put("until", state.until() == null ? null : state.until().toString());
        Handover handover = handovers.of(t.name());
        m.put("handedTo", handover == null ? null : handover.target());
        m.put(
                "aside",
                depth(Queues.kept(t.name())).total()
                        + depth(Queues.external(t.name())).total());
        m.put("queued", depth.ready());
        m.put("delayed", depth.scheduled());
        m.put("inDelivery", depth.inDelivery());
        m.put("connections", t.limits().connections());
        m.put("connectionsNow", gates.get(t.name()).connections());
        m.put("usedLastMinute", state.usedLastMinute());
        m.put("perMinute", t.limits().messagesPerMinute());
        m.put("usedLastDay", state.usedLastDay());
        m.put("perDay", t.limits().recipientsPerDay());
        return m;
    }

    private BrokerAdmin.Depth depth(String queue) {
        BrokerAdmin.Depth depth = admin.depth(queue);
        return depth == null ? new BrokerAdmin.Depth(0, 0, 0) : depth;
    }
}
