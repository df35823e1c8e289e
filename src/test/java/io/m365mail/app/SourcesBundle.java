package io.m365mail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bundle with a folder, a queue and a scan folder, whose mail goes to the sandbox. */
abstract class SourcesBundle {
    static final Duration SOON = Duration.ofSeconds(20);
    static final String PDF = "%PDF-1.4\nscanned\n%%EOF\n";

    @TempDir
    Path folder;

    Sandbox sandbox;
    RunningBundle bundle;
    private Duration startTook;

    interface Change {
        void on(Message message) throws JMSException;
    }

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox")).build();
        sandbox.mailbox("alerts@contoso.com", "secret1");
        sandbox.start();
        Path templates = Files.createDirectories(folder.resolve("templates/invoice"));
        Files.writeString(templates.resolve("subject.ftl"), "Invoice ${number}");
        Files.writeString(templates.resolve("text.ftl"), "Dear ${name}, you owe ${sum}.");
        startBundle();
    }

    void startBundle() throws Exception {
        long begin = System.nanoTime();
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1")
                        + """
                        m365.templates=%s
                        m365.source.scan.type=scan
                        m365.source.scan.from=alerts@contoso.com
                        m365.source.scan.settle=1s
                        """
                                .formatted(folder.resolve("templates")));
        startTook = Duration.ofNanos(System.nanoTime() - begin);
    }

    /** A time to come, far enough for some calls and a restart before it, on a slow machine too. */
    Instant due() {
        return Instant.now().plusSeconds(5).plus(startTook.multipliedBy(3)).truncatedTo(ChronoUnit.MILLIS);
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    Path pickup() {
        return folder.resolve("data/pickup");
    }

    Path scans() {
        return folder.resolve("data/scan");
    }

    void drop(String name, String text) throws Exception {
        Files.writeString(folder.resolve("writing"), text);
        Files.move(folder.resolve("writing"), pickup().resolve(name));
    }

    void publish(String text, Change... changes) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(bundle.brokerUrl());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("m365.submit"))) {
            Message message = session.createTextMessage(text);
            for (Change c : changes) {
                c.on(message);
            }
            producer.send(message);
        }
    }

    List<ReceivedMessage> received(int n) throws Exception {
        return sandbox.log().awaitReceived(n, SOON);
    }

    /** The first n, of messages that are due then. */
    List<ReceivedMessage> received(int n, Instant due) throws Exception {
        return sandbox.log()
                .awaitReceived(n, Duration.between(Instant.now(), due).plus(SOON));
    }

    static String text(ReceivedMessage m) throws Exception {
        return new String(m.content().orElseThrow().toBytes(), UTF_8);
    }

    String reason(String name) {
        Path file = pickup().resolve("failed/" + name + ".reason.txt");
        await().atMost(SOON).until(() -> Files.exists(file) && Files.size(file) > 0);
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    int accepted() throws Exception {
        var json = new com.fasterxml.jackson.databind.ObjectMapper().readTree(bundle.get("/api/status"));
        return json.path("totals").path("accepted").asInt();
    }
}
