package io.m365mail.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.app.RunningBundle;
import io.m365mail.testing.MailSink;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.TextMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A line-of-business system learns over TCP what became of its messages. */
@Timeout(60)
class EventsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private MailSink sink;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sink = new MailSink();
        bundle = RunningBundle.start(
                folder, sink.transport() + "m365.broker.username=erp\nm365.broker.password=secret7\n");
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sink.close();
    }

    private ActiveMQConnectionFactory factory() {
        return new ActiveMQConnectionFactory(bundle.brokerUrl(), "erp", "secret7");
    }

    private void submit(JMSContext jms, String id, String to) throws Exception {
        TextMessage message = jms.createTextMessage("Subject: Order\n\nThank you.\n");
        message.setStringProperty("M365From", "alerts@contoso.com");
        message.setStringProperty("M365To", to);
        message.setStringProperty("M365Id", id);
        jms.createProducer().send(jms.createQueue("m365.submit"), message);
    }

    private List<String> listen() throws Exception {
        List<String> lines = new ArrayList<>();
        try (var factory = factory()) {
            ExampleEventConsumer.listen(factory, "order-system", PATIENCE, lines::add);
        }
        return lines;
    }

    @Test
    void aSubscriberThatWasAwayLearnsOfEachRecipientByItsOwnId() throws Exception {
        assertThat(listen()).isEmpty();
        try (var factory = factory();
                JMSContext jms = factory.createContext()) {
            submit(jms, "order-1", "bob@fabrikam.com, dead@fabrikam.com");
            submit(jms, "order-2", "later@fabrikam.com");
            submit(jms, "order-3", "not an address");
        }
        Awaitility.await().until(() -> sink.taken().size() == 1);
        assertThat(listen())
                .containsExactlyInAnyOrder(
                        "order-1: accepted bob@fabrikam.com ",
                        "order-1: accepted dead@fabrikam.com ",
                        "order-1: delivered bob@fabrikam.com 250 2.6.0 taken",
                        "order-1: dead dead@fabrikam.com 550 5.1.1 no such mailbox",
                        "order-2: accepted later@fabrikam.com ",
                        "order-2: deferred later@fabrikam.com 450 4.2.1 come back later",
                        "order-3: dead not an address ");
        assertThat(listen()).as("each event once").isEmpty();
    }

    @Test
    void whatIsRefusedBeforeItIsAMessageIsToldByItsIdToo() throws Exception {
        assertThat(listen()).isEmpty();
        try (var factory = factory();
                JMSContext jms = factory.createContext()) {
            json(jms, "order-4", "{\"from\": \"alerts@contoso.com\"}");
            json(jms, null, "{\"from\": \"alerts@contoso.com\", \"id\": \"order-5\", \"priority\": \"high\"}");
            json(jms, "order-6", "{\"from\": ");
        }
        assertThat(listen())
                .hasSize(3)
                .anyMatch(l -> l.startsWith("order-4: dead 550 5.6.0 The JSON is no submission"))
                .anyMatch(l -> l.startsWith("order-5: dead 550 5.6.0 The JSON is no submission"))
                .anyMatch(l -> l.startsWith("order-6: dead 550 5.6.0 The JSON is no submission"));
    }

    private static void json(JMSContext jms, String id, String text) throws Exception {
        TextMessage message = jms.createTextMessage(text);
        if (id != null) {
            message.setStringProperty("M365Id", id);
        }
        jms.createProducer().send(jms.createQueue("m365.submit"), message);
    }

    @Test
    void aCancelledOneSaysSoAndNothingElseAnyMore() throws Exception {
        assertThat(listen()).isEmpty();
        try (var factory = factory();
                JMSContext jms = factory.createContext()) {
            TextMessage message = jms.createTextMessage("Subject: Later\n\nThank you.\n");
            message.setStringProperty("M365From", "alerts@contoso.com");
            message.setStringProperty("M365To", "bob@fabrikam.com");
            message.setStringProperty("M365Id", "order-7");
            message.setStringProperty(
                    "M365SendAt", Instant.now().plus(Duration.ofHours(1)).toString());
            jms.createProducer().send(jms.createQueue("m365.submit"), message);
        }
        Awaitility.await().until(() -> bundle.get("/api/scheduled").contains("order-7"));
        assertThat(bundle.delete("/api/scheduled/order-7")).isEqualTo("{\"cancelled\":1}");
        assertThat(listen()).containsExactly("order-7: accepted bob@fabrikam.com ", "order-7: cancelled ");
        assertThat(bundle.delete("/api/scheduled/order-7")).contains("There is no scheduled message order-7");
        assertThat(listen()).isEmpty();
    }

    @Test
    void whoMayListenMayNotSend() throws Exception {
        try (var factory = factory();
                JMSContext jms = factory.createContext()) {
            for (String address : new String[] {"m365.events", "m365.once"}) {
                assertThatThrownBy(() -> jms.createProducer().send(jms.createTopic(address), "forged"))
                        .isInstanceOf(JMSRuntimeException.class);
            }
            assertThatThrownBy(() -> jms.createConsumer(jms.createQueue("m365.outcome.orders")))
                    .isInstanceOf(JMSRuntimeException.class);
        }
    }

    @Test
    void thePageHasTheExampleAsItIsTestedHere() throws Exception {
        String example = Files.readString(Path.of("src/test/java/io/m365mail/event/ExampleEventConsumer.java"));
        assertThat(Files.readString(Path.of("docs/events.md")))
                .contains(example.substring(example.indexOf("import com.fasterxml")));
    }
}
