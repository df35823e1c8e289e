package io.m365mail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxInbox;
import io.m365mail.testing.OutboxFixture;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that comes back after a server has taken it: what the application that sent it learns, and what a forger can do. */
class BounceTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SENDER = "orders@contoso.com";

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private SandboxInbox inbox;
    private OutboxFixture outbox;
    private RunningBundle bundle;
    private ActiveMQConnectionFactory factory;
    private JMSContext jms;
    private JMSConsumer events;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox")).build();
        sandbox.mailbox(SENDER, "secret1");
        sandbox.start();
        inbox = SandboxInbox.start().mailbox(SENDER, "secret2");
        outbox = new OutboxFixture("jdbc:h2:mem:bounce" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", "");
        outbox.createTables("h2");
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("orders", sandbox, SENDER, "secret1")
                        + outbox.source("erp")
                        + """
                        m365.source.back.type=mailbox
                        m365.source.back.mailbox=%s
                        m365.source.back.auth=login
                        m365.source.back.password=secret2
                        m365.source.back.host=127.0.0.1
                        m365.source.back.port=%d
                        m365.source.back.tls=off
                        m365.source.back.poll-interval=200ms
                        """
                                .formatted(SENDER, inbox.imapPort()));
        factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
        jms = factory.createContext();
        events = jms.createConsumer(jms.createTopic("m365.events"), "M365Event = 'bounced'");
        // The bundle looks once a second whether anybody listens.
        await().atMost(SOON).until(() -> {
            jms.createProducer()
                    .setProperty("M365From", SENDER)
                    .setProperty("M365To", "ann@fabrikam.com")
                    .send(jms.createQueue("m365.submit"), "From: " + SENDER + "\nSubject: ping\n\nx\n");
            try (JMSConsumer all = jms.createConsumer(jms.createTopic("m365.events"))) {
                return all.receive(1500) != null;
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        jms.close();
        factory.close();
        bundle.close();
        inbox.close();
        sandbox.close();
    }

    private static JsonNode json(Message message) throws Exception {
        return new ObjectMapper().readTree(message.getBody(String.class));
    }

    private ReceivedMessage sent(String to) throws Exception {
        return await().atMost(SOON)
                .until(
                        () -> sandbox.log().received().stream()
                                .filter(m -> m.recipients().contains(to))
                                .findFirst()
                                .orElse(null),
                        m -> m != null);
    }

    private void submit(String id, String to) {
        jms.createProducer()
                .setProperty("M365From", SENDER)
                .setProperty("M365To", to)
                .setProperty("M365Id", id)
                .send(
                        jms.createQueue("m365.submit"),
                        "From: " + SENDER + "\nMessage-ID: <" + id + "@erp>\nSubject: s\n\nx\n");
    }

    private void deliver(String mail) throws Exception {
        inbox.deliver(SENDER, MailContent.of(mail.replace("\n", "\r\n").getBytes(UTF_8)));
    }

    private static String report(String returned, String... recipients) {
        return """
                From: MAILER-DAEMON@mx.example
                To: orders@contoso.com
                Subject: returned
                Content-Type: multipart/report; report-type=delivery-status; boundary=b

                --b
                Content-Type: text/plain

                sorry
                --b
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example

                %s
                --b
                Content-Type: message/rfc822

                %s
                Subject: s

                --b--
                """
                .formatted(String.join("\n", recipients), returned);
    }

    private static String told(String action, String address) {
        return "Final-Recipient: rfc822; " + address + "\nAction: " + action + "\nStatus: 5.1.1\n"
                + "Diagnostic-Code: smtp; 550 5.1.1 no\u0007 such <user>\n";
    }

    private void awaitInbox(int left, int aside) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(inbox.messages(SENDER)).hasSize(left);
            assertThat(inbox.messages(SENDER, "Aside")).hasSize(aside);
        });
    }

    private void noEvent() {
        assertThat(events.receive(700)).isNull();
    }

    @Test
    void theRowOfAMessageThatComesBackLaterSaysSoAndSoDoesAnEvent() throws Exception {
        sandbox.lateBounces(inbox, Duration.ofMillis(300));
        outbox.insert(4711, "Bounce.Later@fabrikam.com", "order");
        outbox.awaitStatus(4711, "BOUNCED");
        assertThat(outbox.detail(4711)).startsWith("550 5.1.10 RESOLVER.ADR.RecipientNotFound");
        assertThat(outbox.values("SELECT status FROM mail_outbox_recipient")).containsExactly("BOUNCED");
        Message event = events.receive(SOON.toMillis());
        assertThat(event.getJMSCorrelationID()).isEqualTo("4711");
        JsonNode json = json(event);
        assertThat(json.path("type").asText()).isEqualTo("bounced");
        assertThat(json.path("source").asText()).isEqualTo("erp");
        assertThat(json.path("submissionId").asText()).isEqualTo(outbox.value("SELECT submission_id FROM mail_outbox"));
        JsonNode to = json.path("recipients");
        assertThat(to).hasSize(1);
        assertThat(to.get(0).path("address").asText()).isEqualTo("Bounce.Later@fabrikam.com");
        assertThat(to.get(0).path("status").asText()).isEqualTo("5.1.10");
        assertThat(to.get(0).path("reply").asText()).startsWith("550 5.1.10 RESOLVER");
        awaitInbox(0, 0);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"bounced\":1"));
    }

    @Test
    void oneOfSeveralRecipientsThatComesBackLeavesTheRowInPart() throws Exception {
        sandbox.lateBounces(inbox, Duration.ofMillis(300));
        outbox.insert(5, "ann@fabrikam.com, bounce@fabrikam.com", "order");
        outbox.awaitStatus(5, "PARTIAL");
        assertThat(outbox.detail(5)).contains("1 of 2 recipients sent", "bounce@fabrikam.com: 550 5.1.10 RESOLVER");
        assertThat(outbox.values("SELECT status FROM mail_outbox_recipient ORDER BY address"))
                .containsExactly("SENT", "BOUNCED");
    }

    @Test
    void aForgedReportIsBelievedOnlyWhereItSaysWhatCouldBe() throws Exception {
        submit("order-1", "bob@fabrikam.com");
        ReceivedMessage message = sent("bob@fabrikam.com");
        deliver(report("X-M365-Id: 1mzzzzzzzzzzzzzzzzzzzz", told("failed", "bob@fabrikam.com")));
        deliver(report("X-M365-Id: " + message.traceId(), told("failed", "ceo@contoso.com")));
        deliver(report("X-M365-Id: ' OR 1=1 --", told("failed", "bob@fabrikam.com")));
        deliver(report("X-Nothing: x", told("failed", "bob@fabrikam.com")));
        deliver("From: x@y.example\nSubject: hello\n\nan ordinary mail\n");
        awaitInbox(0, 5);
        noEvent();
        assertThat(bundle.get("/api/status")).contains("\"bounced\":0");
    }

    @Test
    void aRealOneIsToldOfOnceAndADelayNever() throws Exception {
        submit("order-2", "bob@fabrikam.com");
        ReceivedMessage message = sent("bob@fabrikam.com");
        String id = "X-M365-Id: " + message.traceId();
        deliver(report(id, told("delayed", "bob@fabrikam.com")));
        deliver(report(id, told("relayed", "bob@fabrikam.com")));
        awaitInbox(0, 0);
        noEvent();
        deliver(report(id, told("failed", "BOB@fabrikam.com"), told("failed", "eve@fabrikam.com")));
        Message event = events.receive(SOON.toMillis());
        assertThat(event.getJMSCorrelationID()).isEqualTo("order-2");
        assertThat(json(event).path("recipients").toString())
                .contains("\"bob@fabrikam.com\"", "550 5.1.1 no such <user>")
                .doesNotContain("eve");
        deliver(report(id, told("failed", "bob@fabrikam.com")));
        awaitInbox(0, 0);
        noEvent();
    }

    @Test
    void theMessageIdWillDoWhereTheHeaderDoesNotComeBack() throws Exception {
        submit("order-3", "bob@fabrikam.com");
        sent("bob@fabrikam.com");
        submit("order-4", "carl@fabrikam.com");
        sent("carl@fabrikam.com");
        deliver(report("Message-ID: <order-3@erp>", told("failed", "bob@fabrikam.com")));
        assertThat(events.receive(SOON.toMillis()).getJMSCorrelationID()).isEqualTo("order-3");
        deliver("References: <a@b> <order-4@erp>\n" + report("X-Other: x", told("failed", "carl@fabrikam.com")));
        assertThat(events.receive(SOON.toMillis()).getJMSCorrelationID()).isEqualTo("order-4");
        awaitInbox(0, 0);
    }
}
