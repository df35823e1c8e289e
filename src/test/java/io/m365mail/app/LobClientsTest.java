package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import jakarta.jms.JMSContext;
import jakarta.jms.TextMessage;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/lob-jms.md that do not use Artemis' own client. */
class LobClientsTest {
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
    void amqp() throws Exception {
        var factory = new JmsConnectionFactory("amqp://127.0.0.1:" + bundle.brokerPort());
        try (JMSContext jms = factory.createContext()) {
            TextMessage message = jms.createTextMessage("Subject: Order 4711\n\nThank you.\n");
            message.setStringProperty("M365From", "alerts@contoso.com");
            message.setStringProperty("M365To", "anna@contoso.com, bob@fabrikam.com");
            jms.createProducer().setPriority(8).send(jms.createQueue("m365.submit"), message);
        }
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        assertThat(got.recipients()).containsExactlyInAnyOrder("anna@contoso.com", "bob@fabrikam.com");
        assertThat(text(got)).endsWith("Subject: Order 4711\r\n\r\nThank you.\r\n");
    }

    @Test
    void stompNeedsNoMoreThanTheNameOfTheQueue() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", bundle.brokerPort())) {
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream()
                    .write(("CONNECT\naccept-version:1.2\nhost:relay\n\n\0"
                                    + "SEND\ndestination:m365.submit\nreceipt:1\nM365From:alerts@contoso.com\n"
                                    + "M365To:anna@contoso.com\n\nSubject: Backup done\n\nAll is well.\n\0")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(frame(socket.getInputStream())).startsWith("CONNECTED");
            assertThat(frame(socket.getInputStream())).startsWith("RECEIPT");
        }
        assertThat(text(sandbox.log().awaitReceived(1, SOON).get(0)))
                .endsWith("Subject: Backup done\r\n\r\nAll is well.\r\n");
    }

    @Test
    void jsonByAmqpAndByStomp() throws Exception {
        String json = "{\"from\": \"alerts@contoso.com\", \"to\": [\"anna@contoso.com\"], \"subject\": \"%s\","
                + " \"text\": \"Größe\", \"attachments\": [{\"name\": \"a.txt\", \"content\": \"YXR0YWNoZWQ=\"}]}";
        try (JMSContext jms = new JmsConnectionFactory("amqp://127.0.0.1:" + bundle.brokerPort()).createContext()) {
            jms.createProducer().send(jms.createQueue("m365.submit"), json.formatted("amqp"));
        }
        try (var stomp = new LobClients.Stomp(bundle.brokerPort(), null, null)) {
            // Without a content-length STOMP's message is a text.
            stomp.send(
                    "SEND\ndestination:m365.submit\nreceipt:1\n\n",
                    json.formatted("stomp").getBytes(StandardCharsets.UTF_8));
            stomp.expect("RECEIPT");
            byte[] bytes = json.formatted("stomp-bytes").getBytes(StandardCharsets.UTF_8);
            stomp.send("SEND\ndestination:m365.submit\nreceipt:2\ncontent-length:" + bytes.length + "\n\n", bytes);
            stomp.expect("RECEIPT");
        }
        assertThat(sandbox.log().awaitReceived(3, SOON))
                .extracting(LobClientsTest::text)
                .allSatisfy(t -> assertThat(t).contains("a.txt", "YXR0YWNoZWQ=", "R3LDtsOfZQ=="))
                .anyMatch(t -> t.contains("Subject: amqp"))
                .anyMatch(t -> t.contains("Subject: stomp\r"))
                .anyMatch(t -> t.contains("Subject: stomp-bytes"));
    }

    private static String frame(InputStream in) throws Exception {
        var frame = new StringBuilder();
        int c;
        while ((c = in.read()) > 0) {
            frame.append((char) c);
        }
        return frame.toString().strip();
    }

    private static String text(ReceivedMessage m) {
        try {
            return new String(m.content().orElseThrow().toBytes(), StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
