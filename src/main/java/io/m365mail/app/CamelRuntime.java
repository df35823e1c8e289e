package io.m365mail.app;

import io.m365mail.broker.NoHeaders;
import io.m365mail.broker.jms.AfterCommit;
import io.m365mail.broker.jms.PromptStopListenerContainer;
import io.m365mail.broker.jms.QuietContainerFactory;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.handover.Supervisor;
import io.m365mail.limit.Gate;
import io.m365mail.management.Api;
import io.m365mail.management.ApiSubmission;
import io.m365mail.management.BrokerHealth;
import io.m365mail.management.ManagementServer;
import io.m365mail.management.Metrics;
import io.m365mail.management.Observe;
import io.m365mail.management.RecipientTotals;
import io.m365mail.management.StatusView;
import io.m365mail.management.TransportsHealth;
import io.m365mail.source.mailbox.MailboxComponent;
import io.m365mail.source.smtp.SmtpSourceComponent;
import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.jms.ConsumerType;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;

/** Camel with our beans, components and routes. */
final class CamelRuntime {
    private static final int SHUTDOWN_SECONDS = 30;
    private static final long RECOVERY_MILLIS = 1000;
    /** An idle consumer looks around this often; a message or a stop ends its wait. */
    private static final int RECEIVE_MILLIS = 10_000;

    private final BundleConfig config;
    private final BundleTiming timing;
    private final Infrastructure below;
    private final Metrics metrics = new Metrics();
    private final CertificateWatch certificates;
    private final Beans beans;
    // The default strategy adds a JVM hook at each start, which would keep every old context alive.
    private final SimpleMainShutdownStrategy shutdown = new SimpleMainShutdownStrategy();
    private final Main main = new Main();
    private Supervisor supervisor;
    private Long queuedAtStart;

    CamelRuntime(BundleConfig config, BundleTiming timing, Infrastructure below) {
        this.config = config;
        this.timing = timing;
        this.below = below;
        this.certificates = new CertificateWatch(config.transports(), timing.clock());
        this.beans = new Beans(config, timing, below, metrics);
    }

    void start() throws Exception {
        main.setShutdownStrategy(shutdown);
        main.setPropertyPlaceholderLocations("false");
        main.addInitialProperty("m365.hostname", config.hostname());
        main.configure()
                .withAutoConfigurationEnabled(false)
                .withRoutesIncludePattern(routes(config.routes()))
                .withShutdownTimeout(SHUTDOWN_SECONDS)
                .withStreamCachingEnabled(false)
                .withJmxEnabled(false);
        main.configure()
                .addRoutesBuilder(new BundleRoutes(
                        config, timing, source -> below.outbox(source).owner(), below.strandedQueues()));
        beans.bind(main);
        components();
        beans.handovers().restore();
        if (config.broker().embedded()) {
            // Before anything moves; on a broker of others there is no such moment.
            queuedAtStart = below.openRecipients().sum().recipients();
        }
        main.start();
        beans.handovers().start(new RouteSwitchboard(context()));
        supervisor = new Supervisor(
                beans.handovers(),
                config.flows(),
                beans.outages(),
                new ProbeByConnection(withFallback(), config.hostname(), timing.clock(), beans.dns()),
                timing.clock(),
                timing.probeInitial(),
                timing.probeMaximum());
        HealthCheckRegistry.get(context()).register(new BrokerHealth(below::brokerProblem));
        HealthCheckRegistry.get(context()).register(certificates);
        HealthCheckRegistry.get(context()).register(new TransportsHealth(below.gates()));
        // Else only what is down is shown, and a transport on hold is not.
        HealthCheckRegistry.get(context()).setExposureLevel("full");
    }

    private List<TransportConfig> withFallback() {
        Set<String> names = config.flows().stream()
                .filter(f -> f.fallback() != null)
                .map(BundleConfig.Flow::transport)
                .collect(Collectors.toSet());
        return config.transports().stream()
                .filter(t -> names.contains(t.name()))
                .toList();
    }

    private static String routes(Path folder) {
        return folder == null ? "classpath:routes/*.camel.yaml" : "file:" + folder + "/*.camel.yaml";
    }

    private void components() {
        ConnectionFactory intake = below.connections().intake();
        var manager = new JmsTransactionManager(intake);
        // So that what was accepted is counted when it is committed.
        manager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_ALWAYS);
        var acceptance = new SpringTransactionPolicy(manager);
        main.bind("acceptance", acceptance);
        // For what is accepted once only: a duplicate rolls back this transaction and nothing of its caller's.
        var alone = new SpringTransactionPolicy(manager);
        alone.setPropagationBehaviorName("PROPAGATION_REQUIRES_NEW");
        main.bind("acceptance-once", alone);
        JmsComponent jmsIntake = jms(intake, beans.afterCommit());
        jmsIntake.getConfiguration().setTransactionManager(manager);
        jmsIntake.getConfiguration().setMessageListenerContainerFactory(PromptStopListenerContainer::new);
        jmsIntake.getConfiguration().setReceiveTimeout(RECEIVE_MILLIS);
        main.bind("jms-intake", jmsIntake);
        var smtpSource = new SmtpSourceComponent();
        smtpSource.setHostname(config.hostname());
        smtpSource.setSpoolDirectory(below.spool());
        main.bind("smtp-source", smtpSource);
        main.bind("mailbox", new MailboxComponent());
        // The transports commit their own session: a transaction manager would halve their rate.
        main.bind("jms-transport", jms(below.connections().transports(), beans.afterCommit()));
    }

    private static JmsComponent jms(ConnectionFactory connections, AfterCommit afterCommit) {
        var component = new JmsComponent();
        component.setConnectionFactory(connections);
        component.setTransacted(true);
        component.setLazyCreateTransactionManager(false);
        // Else every message leaves with the default priority.
        component.setPreserveMessageQos(true);
        component.setHeaderFilterStrategy(new NoHeaders());
        // Without this every send asks the broker whether the queue exists.
        component.setDestinationResolver((session, name, topic) ->
                topic ? ActiveMQJMSClient.createTopic(name) : ActiveMQJMSClient.createQueue(name));
        component.setConsumerType(ConsumerType.Custom);
        component.setMessageListenerContainerFactory(new QuietContainerFactory(afterCommit));
        component.setDisableReplyTo(true);
        component.setAlwaysCopyMessage(true);
        component.setAcceptMessagesWhileStopping(false);
        // A consumer that a stop interrupts in its first receive waits so long before it looks whether it should end.
        component.setRecoveryInterval(RECOVERY_MILLIS);
        return component;
    }

    CertificateWatch certificates() {
        return certificates;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    ManagementServer managementServer() {
        if (below.tenantLimit() != null) {
            metrics.tenant(below.tenantLimit());
        }
        var status = new StatusView(
                config,
                below.admin(),
                below.gates(),
                beans.handovers(),
                below.externalPark(),
                below.tenantLimit(),
                this::sourceState,
                new RecipientTotals(metrics, below.openRecipients(), queuedAtStart),
                timing.clock());
        below.gates()
                .forEach((name, gate) -> metrics.gauge(
                        "m365.transport.connections.allowed",
                        "Connections that may be in use now: fewer while the server asks for less",
                        "transport",
                        name,
                        gate,
                        Gate::connections));
        var submission = new ApiSubmission(context().createProducerTemplate(), below.spool(), timing.clock());
        var api = new Api(
                status, beans.deadLetters(), below::deadCount, submission, beans.scheduled(), beans.handovers());
        return new ManagementServer(config.management(), api, new Observe(context(), metrics));
    }

    private String sourceState(String name) {
        ServiceStatus status = context().getRouteController().getRouteStatus(BundleRoutes.sourceId(name));
        return status == null ? "missing" : status.name().toLowerCase(java.util.Locale.ROOT);
    }

    void stop() throws Exception {
        try {
            if (supervisor != null) {
                supervisor.close();
            }
            shutdown.shutdown();
            main.stop();
        } finally {
            metrics.close();
        }
    }
}
