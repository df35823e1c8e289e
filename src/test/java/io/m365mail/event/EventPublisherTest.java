package io.m365mail.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.BrokerConnections;
import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.broker.EmbeddedBroker;
import io.m365mail.broker.Queues;
import io.m365mail.config.BundleConfig;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jms.core.JmsTemplate;

/** What events cost, and what becomes of those that nobody fetches. */
@Timeout(60)
class EventPublisherTest {
    @TempDir
    private Path folder;

    private EmbeddedBroker broker;
    private BrokerConnections connections;
    private BrokerAdmin admin;

    @BeforeEach
    void start() throws Exception {
        broker = new EmbeddedBroker(
                new BundleConfig.Broker("embedded", null, null, "off"),
                folder,
                Set.of(),
                Set.of(Queues.OUTCOME_PREFIX + "orders"),
                100);
        broker.start();
        connections = new BrokerConnections(broker.url(), broker.user(), broker.password(), 5, BrokerTimeouts.DEFAULT);
        admin = new BrokerAdmin(connections);
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        connections.close();
        broker.close();
    }

    private static MailEvent event(String source, String reason) {
        return new MailEvent(MailEvent.DEAD, "s1", "order-1", source, null, "2026-11-22T00:00:00Z", reason, List.of());
    }

    /** Opens a durable subscription, does something, and closes it or what is done to it. */
    private interface Use {
        void of(Session session, MessageConsumer consumer) throws Exception;
    }

    private void subscribed(Use use) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(broker.url(), broker.user(), broker.password());
                Connection connection = factory.createConnection()) {
            connection.setClientID("order-system");
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            try (MessageConsumer consumer =
                    session.createDurableSubscriber(session.createTopic(Queues.EVENTS), "events")) {
                connection.start();
                use.of(session, consumer);
            }
        }
    }

    @Test
    void nothingIsSentWhileNobodyListens() throws Exception {
        ConnectionFactory never = (ConnectionFactory) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConnectionFactory.class}, (proxy, method, args) -> {
                    throw new AssertionError("used: " + method.getName());
                });
        try (var listeners = new EventListeners(admin)) {
            var publisher = new EventPublisher(never, listeners, Set.of("orders"), false);
            assertThat(publisher.wanted("printers")).isFalse();
            assertThat(publisher.wanted("orders")).isTrue();
            publisher.publish(event("printers", "x"));
            subscribed((session, consumer) -> Awaitility.await().until(listeners::getAsBoolean));
            assertThat(publisher.wanted("printers"))
                    .as("a durable subscriber that is away")
                    .isTrue();
        }
    }

    @Test
    void eventsExpireAfterADayAndOutcomesNever() throws Exception {
        var publisher = new EventPublisher(connections.intake(), () -> true, Set.of("orders"), false);
        subscribed((session, consumer) -> {
            publisher.publish(event("orders", "x"));
            Message event = consumer.receive(5_000);
            assertThat(event.getJMSExpiration() - event.getJMSTimestamp())
                    .isEqualTo(Duration.ofHours(24).toMillis());
            assertThat(event.getJMSCorrelationID()).isEqualTo("order-1");
            assertThat(event.getStringProperty(EventPublisher.TYPE)).isEqualTo("dead");
        });
        Message outcome = new JmsTemplate(connections.intake()).receive(Queues.OUTCOME_PREFIX + "orders");
        assertThat(outcome.getJMSExpiration()).isZero();
        assertThat(MailEvent.parse(((TextMessage) outcome).getText())).isEqualTo(event("orders", "x"));
    }

    @Test
    void aSubscriberThatStaysAwayFillsNoDisk() throws Exception {
        var publisher = new EventPublisher(connections.intake(), () -> true, Set.of(), false);
        subscribed((session, consumer) -> {});
        String reason = "x".repeat(500_000);
        for (int i = 0; i < 200; i++) {
            publisher.publish(event("orders", reason));
        }
        subscribed((session, consumer) -> {
            int kept = 0;
            while (consumer.receive(2_000) != null) {
                kept++;
            }
            assertThat(kept * 500_000L).isBetween(20L << 20, 80L << 20);
            publisher.publish(event("orders", "after"));
            assertThat(consumer.receive(5_000)).as("there is room again").isNotNull();
        });
    }

    @Test
    void anExpiredEventIsNoDeadLetter() throws Exception {
        subscribed((session, consumer) -> {});
        var soon = new JmsTemplate(connections.intake());
        soon.setPubSubDomain(true);
        soon.setExplicitQosEnabled(true);
        soon.setTimeToLive(1);
        soon.send(Queues.EVENTS, session -> session.createTextMessage("{}"));
        subscribed((session, consumer) -> assertThat(consumer.receive(1_000)).isNull());
        assertThat(admin.count(Queues.DEAD)).isZero();
    }
}
