package io.m365mail.broker.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.ConsumerType;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.JmsTransactionManager;

/** Consumers that wait for a minute, in a Camel route on an embedded Artemis. */
@Timeout(60)
class PromptStopContainerTest {
    private static final String URL = "vm://917";
    private static final Duration PROMPT = Duration.ofSeconds(10);

    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private final List<String> processed = new CopyOnWriteArrayList<>();
    private ActiveMQConnectionFactory connections;
    private CachingConnectionFactory cached;
    private DefaultCamelContext camel;

    @BeforeEach
    void start() throws Exception {
        broker.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .addAcceptorConfiguration("vm", URL)
                .addAddressSetting("#", new AddressSettings().setMaxDeliveryAttempts(-1))
                .addQueueConfiguration(QueueConfiguration.of("in").setRoutingType(RoutingType.ANYCAST)));
        broker.start();
        connections = new ActiveMQConnectionFactory(URL + "?consumerWindowSize=0");
        cached = new CachingConnectionFactory(connections);
        cached.setCacheConsumers(false);
        var jms = new JmsComponent();
        jms.setConnectionFactory(cached);
        jms.setTransacted(true);
        jms.setLazyCreateTransactionManager(false);
        jms.getConfiguration().setTransactionManager(new JmsTransactionManager(cached));
        jms.getConfiguration().setConsumerType(ConsumerType.Custom);
        jms.getConfiguration().setMessageListenerContainerFactory(PromptStopListenerContainer::new);
        jms.getConfiguration().setReceiveTimeout(60_000);
        camel = new DefaultCamelContext();
        camel.addComponent("jms", jms);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("jms:queue:in?concurrentConsumers=3")
                        .routeId("in")
                        .process(e -> processed.add(e.getIn().getBody(String.class)));
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() throws Exception {
        camel.close();
        cached.destroy();
        connections.close();
        broker.stop();
    }

    private void send(String body) {
        try (JMSContext context = connections.createContext()) {
            context.createProducer().send(context.createQueue("in"), body);
        }
    }

    private Queue queue() {
        return broker.getActiveMQServer().locateQueue(SimpleString.of("in"));
    }

    @Test
    void aMessageIsTakenAtOnceAndAStopEndsTheWait() throws Exception {
        for (String body : List.of("one", "two")) {
            await().until(() -> queue().getConsumerCount() == 3);
            send(body);
            await().atMost(PROMPT).until(() -> processed.contains(body));
            await().until(() -> queue().getConsumerCount() == 3);
            long start = System.nanoTime();
            camel.getRouteController().stopRoute("in");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT);
            assertThat(queue().getConsumerCount()).isZero();
            camel.getRouteController().startRoute("in");
        }
    }

    @Test
    void whatComesWhileSuspendedStaysInTheQueueUntouched() throws Exception {
        await().until(() -> queue().getConsumerCount() == 3);
        camel.getRouteController().suspendRoute("in");
        await().atMost(PROMPT).until(() -> queue().getConsumerCount() == 0);
        IntStream.range(0, 5).forEach(i -> send("no. " + i));
        assertThat(queue().getMessageCount()).isEqualTo(5);
        assertThat(queue().getDeliveringCount()).isZero();
        assertThat(processed).isEmpty();
        camel.getRouteController().resumeRoute("in");
        await().atMost(PROMPT).until(() -> processed.size() == 5);
        assertThat(queue().getMessagesAcknowledged()).isEqualTo(5);
    }
}
