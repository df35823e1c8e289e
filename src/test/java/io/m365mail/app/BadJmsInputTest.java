package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.testing.SmtpSink;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.SequenceInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

/** Published messages that are no mail: each is a dead letter with its reason, and the sources go on. */
class BadJmsInputTest extends BadInput {
    private static final AtomicBoolean DESERIALISED = new AtomicBoolean();

    /** What a hostile application would like us to read back. */
    private static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            DESERIALISED.set(true);
        }
    }

    @Test
    void jmsMessagesThatAreNoMail() throws Exception {
        String evil = "x\r\n2026-11-22 ERROR forged\u001b[2J\u2028";
        List<Submit.MessageMaker> bad = List.of(
                Session::createMapMessage,
                Session::createStreamMessage,
                Session::createMessage,
                s -> s.createObjectMessage(new Gadget()),
                s -> addressed(s.createObjectMessage(new Gadget())),
                Session::createTextMessage,
                Session::createBytesMessage,
                s -> addressed(s.createBytesMessage()),
                s -> s.createTextMessage("Subject: no recipient\r\n\r\nx"),
                s -> s.createTextMessage(evil.repeat(3)),
                s -> with(s, "M365To", "not an address"),
                s -> with(s, "M365To", evil + "@contoso.com"),
                s -> with(s, "M365To", "a@b.example, , ;;<>"),
                s -> with(s, "M365From", "a@contoso.com, b@contoso.com"),
                s -> with(s, "M365From", evil),
                s -> with(s, "M365Id", "i".repeat(201)));
        submit.jms(bad.toArray(Submit.MessageMaker[]::new));
        await().atMost(SOON).untilAsserted(() -> assertThat(dead())
                .extracting(d -> d.get("reason").asText())
                .hasSize(bad.size()));
        assertAlive();
        assertThat(DESERIALISED).isFalse();
        for (JsonNode letter : dead()) {
            assertThat(letter.get("reason").asText()).matches("5\\d\\d 5\\.\\d\\.\\d [^\\p{Cntrl}]+");
            assertThat(post("/api/dead/" + letter.get("id").asText() + "/replay"))
                    .contains("error");
        }
        assertThat(right.messages().size() - 3 + dead().size())
                .as("each is sent or dead")
                .isEqualTo(bad.size());
    }

    private static Message addressed(Message m) throws jakarta.jms.JMSException {
        m.setStringProperty("M365From", FROM);
        m.setStringProperty("M365To", TO.get(0));
        return m;
    }

    private static Message with(Session session, String property, String value) throws jakarta.jms.JMSException {
        TextMessage m = session.createTextMessage("Subject: x\r\n\r\nx");
        addressed(m);
        m.setStringProperty(property, value);
        m.setJMSCorrelationID("a\r\nb\u001b");
        return m;
    }

    @Test
    void anExpiredMessageIsADeadLetterAndCanBeReplayed() throws Exception {
        bundle.bundle().camelContext().getRouteController().stopRoute("source-jms");
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            producer.setTimeToLive(1);
            for (int size : new int[] {100, 3 << 20}) {
                BytesMessage m = (BytesMessage) Submit.bytes(FROM, TO, GOOD).make(session);
                m.writeBytes(new byte[size]);
                m.setStringProperty("_AMQ_ORIG_QUEUE", "m365.transport.right");
                m.setStringProperty("M365Kind", "dead");
                producer.send(m);
            }
        }
        bundle.bundle().camelContext().getRouteController().startRoute("source-jms");
        await().atMost(SOON).untilAsserted(() -> assertThat(dead()).hasSize(2));
        assertThat(dead()).allSatisfy(d -> {
            assertThat(d.get("reason").asText()).startsWith("expired in m365.submit");
            assertThat(bundle.get("/api/dead/" + d.get("id").asText())).contains("Subject: good");
        });
        assertThat(right.messages()).isEmpty();
        assertThat(post("/api/dead/replay-all")).contains("\"replayed\":2");
        right.await(2, SOON);
        assertThat(right.messages().stream().map(SmtpSink.Message::bodySize))
                .containsExactlyInAnyOrder(106L, 6L + (3 << 20));
        await().atMost(SOON).untilAsserted(() -> assertThat(dead()).isEmpty());
    }

    @Test
    void whatIsPublishedNonDurableSurvivesARestart() throws Exception {
        bundle.bundle().camelContext().getRouteController().stopRoute("source-jms");
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            producer.setDeliveryMode(jakarta.jms.DeliveryMode.NON_PERSISTENT);
            producer.send(Submit.bytes(FROM, TO, GOOD).make(session));
        }
        LobClients.sendAmqp(bundle.brokerPort(), null, null, "m365.submit", FROM, TO.get(0), GOOD, false);
        LobClients.sendStomp(bundle.brokerPort(), null, null, "m365.submit", FROM, TO.get(0), GOOD);
        bundle.close();
        startBundle();
        right.await(3, SOON);
    }

    @Test
    void jsonThatIsNoSubmission() throws Exception {
        String start = "{\"from\":\"" + FROM + "\",\"to\":[\"" + TO.get(0) + "\"],";
        Map<String, byte[]> bad = Map.of(
                "no recipient", utf8("{\"from\":\"" + FROM + "\",\"text\":\"x\"}"),
                "longer than 64",
                        utf8("{\"from\":\"" + FROM + "\",\"to\":[\"" + "x".repeat(300) + "@a.b\"],\"text\":\"x\"}"),
                "no valid JSON", latin1(start + "\"text\":\"\u00ff\u00fe\"}"),
                "too deep", utf8(start + "\"data\":" + "[".repeat(3_000_000)),
                "no folder of templates is configured", utf8(start + "\"template\":\"invoice\",\"data\":{}}"),
                "only a folder source takes path",
                        utf8(start + "\"attachments\":[{\"name\":\"a\",\"path\":\"a.pdf\"}]}"));
        for (byte[] json : bad.values()) {
            submit.jms(session -> {
                BytesMessage m = session.createBytesMessage();
                m.writeBytes(json);
                return m;
            });
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(dead()).hasSize(bad.size()));
        for (String reason : bad.keySet()) {
            assertThat(dead()).as(reason).anyMatch(d -> d.get("reason").asText().contains(reason));
        }
        assertAlive();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** 200 MB, which no transport carries, read from a stream and kept in none of the heaps. */
    @Test
    void twoHundredMegabytes() throws Exception {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"));
                InputStream zeros = Files.newInputStream(sparse("zeros", 200 << 20))) {
            BytesMessage m = session.createBytesMessage();
            m.setStringProperty("M365From", FROM);
            m.setStringProperty("M365To", TO.get(0));
            m.setObjectProperty(
                    "JMS_AMQ_InputStream",
                    new SequenceInputStream(new ByteArrayInputStream(utf8("Subject: x\r\n\r\n")), zeros));
            producer.send(m);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(dead()).hasSize(1));
        assertThat(dead().get(0).get("reason").asText()).startsWith("552 5.3.4").contains("max-message-size");
        assertAlive();
    }
}
