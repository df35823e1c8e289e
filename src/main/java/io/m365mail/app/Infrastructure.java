package io.m365mail.app;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.BrokerConnections;
import io.m365mail.broker.BrokerProblem;
import io.m365mail.broker.EmbeddedBroker;
import io.m365mail.broker.LargeBodies;
import io.m365mail.broker.MailMessageConverter;
import io.m365mail.broker.OpenRecipients;
import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.delivery.PriorityAgeing;
import io.m365mail.event.EventListeners;
import io.m365mail.event.EventPublisher;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.GateListener;
import io.m365mail.limit.Gates;
import io.m365mail.limit.TenantLimit;
import io.m365mail.limit.TransportGate;
import io.m365mail.source.database.BrokerName;
import io.m365mail.source.database.OutboxDatabase;
import io.m365mail.store.Store;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the routes stand on: the store, the broker and the gates. Opened before Camel and closed after it. */
final class Infrastructure implements AutoCloseable {
    private final BundleConfig config;
    private final BundleTiming timing;
    private final BundleQueues queues;
    private final Map<String, TransportGate> gates = new LinkedHashMap<>();
    private final Map<String, OutboxDatabase> outboxes = new LinkedHashMap<>();
    private Store store;
    private BundleBroker broker;
    private EventListeners listeners;
    private LargeBodies bodies;
    private MailMessageConverter converter;
    private Gates allGates;
    private ExternalPark externalPark;
    private TenantLimit tenantLimit;

    Infrastructure(BundleConfig config, BundleTiming timing) {
        this.config = config;
        this.timing = timing;
        this.queues = new BundleQueues(config);
    }

    void start() throws Exception {
        Files.createDirectories(config.data());
        emptySpool();
        store = Store.open(config.store(), config.data());
        broker = new BundleBroker(config.broker(), config.data().resolve("broker"), queues, timing);
        broker.start();
        listeners = new EventListeners(admin());
        bodies = new LargeBodies(connections(), admin());
        bodies.removeOrphans(timing.clock().millis());
        converter = new MailMessageConverter(bodies);
        openOutboxes();
        allGates = new Gates(store, timing.limits(), timing.probeInitial(), timing.probeMaximum(), GateListener.NONE);
        externalPark = allGates.externalPark();
        if (config.tenantExternalPerDay() > 0) {
            tenantLimit = allGates.limitTenant(config.tenantExternalPerDay(), config.domains()::contains);
        }
        for (TransportConfig t : config.transports()) {
            gates.put(t.name(), allGates.create(t));
        }
    }

    private void openOutboxes() throws IOException {
        BundleConfig.Broker b = config.broker();
        String name =
                b.embedded() ? BrokerName.ofEmbedded(config.data().resolve("broker")) : BrokerName.ofExternal(b.url());
        for (SourceConfig s : config.sources()) {
            if (s instanceof SourceConfig.Database database) {
                outboxes.put(s.name(), new OutboxDatabase(database, name));
            }
        }
    }

    /** What a crash left of messages that were being received: nobody was told yes for them. */
    private void emptySpool() throws IOException {
        Files.createDirectories(spool());
        try (Stream<Path> left = Files.list(spool())) {
            for (Path p : left.toList()) {
                Files.deleteIfExists(p);
            }
        }
    }

    Path spool() {
        return config.data().resolve("spool");
    }

    PriorityAgeing ageing() {
        return new PriorityAgeing(connections().intake(), config.transports(), timing.clock());
    }

    /** Why nothing can be accepted now, or null. */
    BrokerProblem brokerProblem() {
        return broker.problem();
    }

    /** For tests; null where the broker is external. */
    EmbeddedBroker embeddedBroker() {
        return broker.embedded();
    }

    BrokerConnections connections() {
        return broker.connections();
    }

    Store store() {
        return store;
    }

    OutboxDatabase outbox(String source) {
        return outboxes.get(source);
    }

    OpenRecipients openRecipients() {
        return broker.openRecipients();
    }

    BrokerAdmin admin() {
        return broker.admin();
    }

    LargeBodies bodies() {
        return bodies;
    }

    MailMessageConverter converter() {
        return converter;
    }

    /** Publishes in the transactions of these connections. */
    EventPublisher events(ConnectionFactory transactions) {
        return new EventPublisher(transactions, listeners, queues.reportingSources(), queues.lookForBounces());
    }

    /** Deliveries were made that the register of what may bounce does not have yet. */
    boolean sentRegisterIsBehind() {
        Long n = admin().count(Queues.SENT);
        return n != null && n > 0;
    }

    Map<String, TransportGate> gates() {
        return gates;
    }

    /** The gates know what other instances have done, as of now. */
    void shareGates() {
        allGates.share();
    }

    /** Queues with deliveries of transports that are gone from the configuration. */
    List<String> strandedQueues() {
        return queues.stranded(admin());
    }

    ExternalPark externalPark() {
        return externalPark;
    }

    /** Null where the tenant's limit is off. */
    TenantLimit tenantLimit() {
        return tenantLimit;
    }

    long deadCount() {
        Long n = admin().count(Queues.DEAD);
        return n == null ? 0 : n;
    }

    @Override
    public void close() throws Exception {
        var failures = new Failures();
        outboxes.values().forEach(o -> failures.collect(o::close));
        for (AutoCloseable part : new AutoCloseable[] {allGates, bodies, listeners, broker, store}) {
            if (part != null) {
                failures.collect(part::close);
            }
        }
        failures.rethrow();
    }
}
