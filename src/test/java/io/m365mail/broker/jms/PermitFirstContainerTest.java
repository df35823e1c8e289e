package io.m365mail.broker.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.limit.Gate;
import io.m365mail.limit.GateListener;
import io.m365mail.limit.Gates;
import io.m365mail.limit.Transports;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The container in a Camel route on an embedded Artemis. */
@Timeout(60)
class PermitFirstContainerTest {
    private static final String QUEUE = "m365.transport.alerts";

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private final List<String> processed = new CopyOnWriteArrayList<>();
    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private ActiveMQConnectionFactory connections;
    private Store store;
    private Gates gates;
    private Gate gate;
    private DefaultCamelContext camel;

    @BeforeEach
    void start() throws Exception {
        String url = "vm://" + Math.abs(data.hashCode());
        broker.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration("vm", url)
                .addAddressSetting("#", new AddressSettings().setMaxDeliveryAttempts(-1))
                .addQueueConfiguration(QueueConfiguration.of(QUEUE).setRoutingType(RoutingType.ANYCAST)));
        broker.start();
        connections = new ActiveMQConnectionFactory(url + "?consumerWindowSize=0");
        store = Transports.store(data);
        gates = new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        if (camel != null) {
            camel.close();
        }
        gates.close();
        store.close();
        connections.close();
        broker.stop();
    }

    private interface Step {
        void with(String body, Gate.Place place) throws Exception;
    }

    private void startRoute(int perMinute, int consumers, Step step) throws Exception {
        camel = new DefaultCamelContext();
        camel.addComponent("jms", JmsComponent.jmsComponent(connections));
        gate = addRoute("alerts", perMinute, consumers, step);
        camel.start();
    }

    private Gate addRoute(String name, int perMinute, int consumers, Step step) throws Exception {
        Gate ofRoute = gates.create(
                Transports.mailbox(name, "alerts@contoso.com", Transports.limits(perMinute, consumers, 0)));
        camel.getRegistry()
                .bind("permitFirst-" + name, new PermitFirstContainerFactory(ofRoute, consumers, new AfterCommit()));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("jms:queue:m365.transport." + name + "?transacted=true&lazyCreateTransactionManager=false"
                                + "&consumerType=Custom&messageListenerContainerFactory=#permitFirst-" + name)
                        .routeId("transport-" + name)
                        .process(e -> step.with(e.getIn().getBody(String.class), ofRoute.current()));
            }
        });
        return ofRoute;
    }

    private void reserveAndNote(String body, Gate.Place place) {
        assertThat(place.reserve(1)).isNull();
        processed.add(body);
    }

    private void send(int priority, String... bodies) {
        try (JMSContext context = connections.createContext()) {
            for (String body : bodies) {
                context.createProducer().setPriority(priority).send(context.createQueue(QUEUE), body);
            }
        }
    }

    private Queue queue() {
        return broker.getActiveMQServer().locateQueue(SimpleString.of(QUEUE));
    }

    private static long millis(ThrowingRunnable action) throws Exception {
        long start = System.nanoTime();
        action.run();
        return (System.nanoTime() - start) / 1_000_000;
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void nothingIsReceivedWhileNoPlaceIsGivenAndALateUrgentMessageLeavesFirst() throws Exception {
        startRoute(2, 3, this::reserveAndNote);
        send(4, "a", "b", "c", "d");
        await().until(() -> processed.size() == 2);
        await().until(() -> queue().getDeliveringCount() == 0);
        send(9, "urgent");
        await().until(() -> queue().getMessageCount() == 3);
        assertThat(queue().getDeliveringCount()).isZero();
        clock.advance(Duration.ofMillis(60_100));
        await().until(() -> processed.size() == 4);
        assertThat(processed).containsExactlyInAnyOrder("a", "b", "urgent", "c");
        await().until(() -> queue().getDeliveringCount() == 0);
    }

    @Test
    void suspendAndStopAreQuickWhileAllWaitForAPlaceAndCountNoDelivery() throws Exception {
        startRoute(1, 3, this::reserveAndNote);
        send(4, "a", "b", "c");
        await().until(() -> processed.size() == 1);
        assertThat(millis(() -> camel.getRouteController().suspendRoute("transport-alerts")))
                .isLessThan(900);
        clock.advance(Duration.ofMillis(60_100));
        assertThat(processed).hasSize(1);
        camel.getRouteController().resumeRoute("transport-alerts");
        await().until(() -> processed.size() == 2);
        assertThat(millis(() -> camel.getRouteController().stopRoute("transport-alerts")))
                .isLessThan(900);
        try (JMSContext context = connections.createContext()) {
            Message left = context.createConsumer(context.createQueue(QUEUE)).receive(5000);
            assertThat(left.getBody(String.class)).isEqualTo("c");
            assertThat(left.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        }
    }

    @Test
    void stopIsQuickOnAnEmptyQueueToo() throws Exception {
        startRoute(30, 3, this::reserveAndNote);
        send(4, "a");
        await().until(() -> processed.size() == 1);
        assertThat(millis(() -> camel.getRouteController().stopRoute("transport-alerts")))
                .isLessThan(900);
    }

    @Test
    void aFailedMessageStaysAndItsPlaceIsGivenBack() throws Exception {
        CountDownLatch failures = new CountDownLatch(3);
        startRoute(0, 1, (body, place) -> {
            if (failures.getCount() > 0) {
                failures.countDown();
                throw new IllegalStateException("not now");
            }
            processed.add(body);
        });
        send(4, "a");
        await().until(() -> processed.size() == 1);
        await().until(() -> queue().getMessageCount() == 0);
    }

    @Test
    void aHeldTransportReceivesNothingUntilItsProbeAndThenGoesOn() throws Exception {
        startRoute(30, 3, (body, place) -> {
            reserveAndNote(body, place);
            if (place.probe()) {
                gate.resume();
            }
        });
        gate.hold("535 5.7.139");
        await().until(() -> queue().getConsumerCount() == 3);
        send(4, "a", "b", "c");
        clock.advance(Duration.ofSeconds(59));
        assertThat(processed).isEmpty();
        assertThat(queue().getDeliveringCount()).isZero();
        clock.advance(Duration.ofSeconds(1));
        await().until(() -> processed.size() == 3);
        assertThat(processed.get(0)).isEqualTo("a");
    }

    @Test
    void anIdleTransportOfTheSameMailboxTakesNothingFromABusyOne() throws Exception {
        startRoute(30, 3, this::reserveAndNote);
        addRoute("idle", 30, 3, this::reserveAndNote);
        for (int i = 0; i < 90; i++) {
            send(4, "m" + i);
        }
        for (int minute = 1; minute <= 3; minute++) {
            int due = minute * 30;
            await().atMost(Duration.ofSeconds(8)).until(() -> processed.size() == due);
            await().until(() -> queue().getDeliveringCount() == 0);
            clock.advance(Duration.ofMillis(60_100));
        }
    }
}
