package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.RawSmtpClient;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job: each source reaches a mailbox's SMTP AUTH endpoint. */
class EndToEndTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox")).build();
        sandbox.mailbox("alerts@contoso.com", "secret1");
        sandbox.start();
        bundle = RunningBundle.start(folder, RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1"));
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    @Test
    void aFileOfTheFolderReachesTheMailboxEndpoint() throws Exception {
        Path pickup = bundle.config().sources().stream()
                .filter(io.m365mail.config.SourceConfig.Folder.class::isInstance)
                .map(s -> ((io.m365mail.config.SourceConfig.Folder) s).path())
                .findFirst()
                .orElseThrow();
        Files.writeString(
                pickup.resolve("a.eml"),
                "X-Sender: alerts@contoso.com\r\nX-Receiver: bob@fabrikam.com\r\n"
                        + "From: alerts@contoso.com\r\nTo: bob@fabrikam.com\r\nSubject: hi\r\n\r\nbody\r\n");
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        assertThat(got.from()).isEqualTo("alerts@contoso.com");
        assertThat(got.recipients()).containsExactly("bob@fabrikam.com");
        String text = new String(got.content().orElseThrow().toBytes(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("Subject: hi\r\n\r\nbody\r\n").doesNotContain("X-Sender", "X-Receiver");
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(pickup.resolve("done/a.eml")).exists());
    }

    @Test
    void aJmsMessageReachesTheMailboxEndpoint() throws Exception {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes("Subject: from LOB\r\n\r\nhello\r\n".getBytes(StandardCharsets.UTF_8));
            message.setStringProperty("M365From", "alerts@contoso.com");
            message.setStringProperty("M365To", "a@fabrikam.com, b@contoso.com");
            producer.send(message);
        }
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        assertThat(got.recipients()).containsExactlyInAnyOrder("a@fabrikam.com", "b@contoso.com");
    }

    @Test
    void aMessageOverSmtpReachesTheMailboxEndpoint() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            assertThat(client.reply()).startsWith("220 relay.contoso.com");
            client.command("EHLO printer7");
            assertThat(client.command("MAIL FROM:<stranger@example.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<bob@fabrikam.com>"))
                    .startsWith("550 5.7.1")
                    .contains("m365.transport.<name>.senders");
            client.command("RSET");
            client.command("MAIL FROM:<alerts@contoso.com>");
            client.command("RCPT TO:<bob@fabrikam.com>");
            assertThat(client.command("DATA")).startsWith("354");
            assertThat(client.command("Subject: scan\r\nCamelFileName: /etc/passwd\r\n\r\nbody\r\n."))
                    .startsWith("250 2.6.0");
        }
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        assertThat(got.recipients()).containsExactly("bob@fabrikam.com");
    }

    @Test
    void theMailLogTellsWhatBecameOfAMessage() throws Exception {
        try (var log = new LogOf("m365.mail", "io.m365mail");
                var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("EHLO printer7");
            client.command("MAIL FROM:<alerts@contoso.com>");
            client.command("RCPT TO:<bob@fabrikam.com>");
            client.command("RCPT TO:<unknown@fabrikam.com>");
            client.command("DATA");
            String id = client.command("Subject: scan\r\n\r\nbody\r\n.").replaceFirst(".*<(.*)>.*", "$1");
            client.command("MAIL FROM:<ceo@fabrikam.com>");
            client.command("RCPT TO:<bob@fabrikam.com>");
            org.awaitility.Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(log.lines())
                    .anyMatch(l ->
                            l.startsWith("INFO " + id + ": accepted by smtp from printer7 ([127.0.0.1]) with ESMTP:"
                                    + " <alerts@contoso.com> to <bob@fabrikam.com>, <unknown@fabrikam.com>, "))
                    .anyMatch(l ->
                            l.startsWith("INFO " + id + ": delivered by alerts to <bob@fabrikam.com>, by localhost:")
                                    && l.contains(": 250 2.0.0 OK"))
                    .anyMatch(
                            l -> l.startsWith("INFO smtp: printer7 [127.0.0.1] is refused at RCPT TO:<bob@fabrikam.com>"
                                    + " from <ceo@fabrikam.com>: 550 5.7.1 no transport carries"))
                    .anyMatch(l ->
                            l.startsWith("WARN " + id + ": 1 recipient of alerts dead, <unknown@fabrikam.com>: 550"))
                    .hasSize(4));
            String letter = log.lines().stream()
                    .filter(l -> l.contains("dead show "))
                    .map(l -> l.replaceFirst("(?s).*dead show (\\w+)\\).*", "$1"))
                    .findFirst()
                    .orElseThrow();
            assertThat(bundle.get("/api/dead/" + letter)).contains("unknown@fabrikam.com", id);
        }
    }

    @Test
    void theStatusTellsTransportsAndSources() throws Exception {
        assertThat(bundle.get("/api/status")).contains("\"alerts\"", "\"open\"");
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(bundle.get("/observe/health")).startsWith("{\"status\":\"UP\""));
    }
}
