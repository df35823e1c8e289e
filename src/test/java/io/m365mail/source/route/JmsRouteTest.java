package io.m365mail.source.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.broker.BrokerConnections;
import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.broker.EmbeddedBroker;
import io.m365mail.compose.JsonSubmissions;
import io.m365mail.config.BundleConfig;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import io.m365mail.source.jms.ReadJmsSubmission;
import io.m365mail.source.json.ReadJson;
import jakarta.jms.JMSContext;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.component.jms.JmsComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jms.connection.JmsTransactionManager;

/** {@code routes/source-jms.camel.yaml} on a queue of a real broker. */
@Timeout(60)
class JmsRouteTest extends SourceRoute {
    @TempDir
    private Path folder;

    private EmbeddedBroker broker;
    private BrokerConnections connections;

    @BeforeEach
    void startRoute() throws Exception {
        var config = new BundleConfig.Broker("embedded", null, null, "off");
        broker = new EmbeddedBroker(config, folder.resolve("broker"), Set.of("m365.submit"), Set.of(), 99);
        broker.start();
        connections = new BrokerConnections(broker.url(), broker.user(), broker.password(), 4, BrokerTimeouts.DEFAULT);
        var jms = new JmsComponent();
        jms.setConnectionFactory(connections.intake());
        jms.setTransacted(true);
        jms.setTransactionManager(new JmsTransactionManager(connections.intake()));
        var json = new ReadJson("erp", new JsonSubmissions(null, null, folder, 1 << 20));
        context.addComponent("jms-intake", jms);
        context.getRegistry().bind("read-erp", new ReadJmsSubmission("erp", folder, json, Clock.systemUTC()));
        run("source-jms", Map.of("name", "erp", "queue", "m365.submit"));
    }

    @AfterEach
    void close() throws Exception {
        context.stop();
        connections.close();
        broker.close();
    }

    private void publish() {
        try (var factory = new ActiveMQConnectionFactory(broker.url(), broker.user(), broker.password());
                JMSContext jms = factory.createContext()) {
            jms.createProducer()
                    .setProperty("M365From", "erp@contoso.com")
                    .setProperty("M365To", "bob@fabrikam.com, ann@fabrikam.com")
                    .setProperty("M365Id", "order-1")
                    .setProperty("CamelFileName", "steered")
                    .setPriority(7)
                    .send(jms.createQueue("m365.submit"), "Subject: x\n\nhello\n");
        }
    }

    /** Neither in the queue nor under way. */
    private void awaitEmptyQueue() {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (var factory = new ActiveMQConnectionFactory(broker.url(), broker.user(), broker.password());
                    JMSContext jms = factory.createContext()) {
                return !jms.createBrowser(jms.createQueue("m365.submit"))
                        .getEnumeration()
                        .hasMoreElements();
            }
        });
    }

    @Test
    void aMessageIsHandedOverWithNothingOfItsHeaders() {
        publish();
        awaitEmptyQueue();
        assertThat(handedOver()).hasSize(1);
        Submission s = handedOver().get(0);
        assertThat(s.source()).isEqualTo("erp");
        assertThat(s.envelope().from()).isEqualTo("erp@contoso.com");
        assertThat(s.envelope().recipients())
                .extracting(Recipient::address)
                .containsExactly("bob@fabrikam.com", "ann@fabrikam.com");
        assertThat(s.priority()).isEqualTo(7);
        assertThat(s.submitterId()).isEqualTo("order-1");
        assertThat(s.onceKey()).contains("erp", "order-1");
        assertThat(getMockEndpoint("mock:direct:intake")
                        .getReceivedExchanges()
                        .get(0)
                        .getMessage()
                        .getHeaders())
                .isEmpty();
    }

    @Test
    void whatCanNeverBeSentIsADeadLetterAndLeavesTheQueue() {
        answers(Answer.NEVER);
        publish();
        awaitEmptyQueue();
        assertThat(refusals().getReceivedCounter()).isEqualTo(1);
        assertThat(handedOver()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_NOW", "BROKEN"})
    void whatCannotBeTakenNowStaysInTheQueueAndIsTakenLater(Answer answer) {
        answers(answer);
        publish();
        await().until(() -> handedOver().size() == 1);
        answers(Answer.YES);
        await().atMost(Duration.ofSeconds(20)).until(() -> handedOver().size() == 2);
        awaitEmptyQueue();
        assertThat(refusals().getReceivedCounter()).isZero();
        assertThat(handedOver()).hasSize(2);
    }
}
