package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSink;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken input of every source against a whole bundle: it gets its answer or its dead letter, and the source goes on. */
class BadInputTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String FROM = "app@contoso.com";
    private static final List<String> TO = List.of("right@fabrikam.com");
    private static final byte[] GOOD = "Subject: good\r\n\r\nbody\r\n".getBytes(StandardCharsets.UTF_8);
    private static final AtomicBoolean DESERIALISED = new AtomicBoolean();

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> events = new ListAppender<>();
    private final Logger root = (Logger) org.slf4j.LoggerFactory.getLogger("ROOT");
    private final Logger ours = (Logger) org.slf4j.LoggerFactory.getLogger("io.m365mail");
    private SmtpSink right;
    private RunningBundle bundle;
    private Submit submit;

    /** What a hostile application would like us to read back. */
    private static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            DESERIALISED.set(true);
        }
    }

    @BeforeEach
    void start() throws Exception {
        events.start();
        root.addAppender(events);
        ours.setLevel(Level.INFO);
        right = new SmtpSink(true);
        startBundle();
    }

    private void startBundle() throws Exception {
        bundle = RunningBundle.start(folder, right.transport("right") + "m365.route.1.transport=right\n");
        submit = new Submit(bundle);
    }

    /** Whatever the clients of a test said, each event is one line of the shipped format. */
    @AfterEach
    void stop() throws Exception {
        bundle.close();
        right.close();
        root.detachAppender(events);
        ours.setLevel(null);
        assertThat(ShippedLog.lines(events.list)).isNotEmpty().allSatisfy(line -> assertThat(line)
                .doesNotContainPattern("[\\p{Cc}\u2028\u2029\u0085]"));
    }

    private void assertAlive() throws Exception {
        int before = right.messages().size();
        assertThat(submit.data(FROM, TO, GOOD)).startsWith("250");
        submit.file("good" + before + ".eml", FROM, TO, GOOD);
        submit.jms(Submit.bytes(FROM, TO, GOOD));
        right.await(before + 3, SOON);
    }

    @Test
    void smtpClientsThatBreakTheRules() throws Exception {
        for (String nonsense : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "\u0000\u0001\u001b[31m\r\n",
                "EHLO \u001b[31mevil\r\nMAIL FROM:<a\u001b@contoso.com>\r\nRCPT TO:<b\tc@contoso.com>\r\nDATA\r\n",
                "EHLO x\r\nAUTH PLAIN AGEKYgBj\r\nAUTH LOGIN\r\n\r\n",
                "\r\n".repeat(100))) {
            try (var client = new RawSmtpClient(bundle.smtpPort())) {
                client.reply();
                client.send(nonsense + "QUIT\r\n");
                for (String reply = client.reply(); reply != null; reply = client.reply()) {
                    assertThat(reply)
                            .matches("(?s)(2|5|421).*")
                            .doesNotContain("\u001b")
                            .doesNotStartWith("354");
                }
            }
        }
        for (String fake : List.of("\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "a\nb", "a\rb")) {
            try (var client = new RawSmtpClient(bundle.smtpPort())) {
                Submit.open(client, FROM, TO);
                client.command("DATA");
                client.send("Subject: x\r\n\r\nfirst" + fake
                        + "MAIL FROM:<smuggled@contoso.com>\r\nRCPT TO:<x@y.example>\r\n"
                        + "DATA\r\nSubject: smuggled\r\n\r\n\r\n.\r\n");
                assertThat(client.reply())
                        .as("%s", fake.chars().boxed().toList())
                        .matches("5\\d\\d (?s).*");
            }
        }
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, FROM, TO);
            client.command("DATA");
            client.send("Subject: half\r\n\r\nhalf a mess");
            client.reset();
        }
        assertThat(right.messages()).isEmpty();
        assertAlive();
        assertThat(bundle.get("/api/dead")).contains("\"total\":0");
    }

    @Test
    void tenMegabytesInOneLineAreTakenOrRefusedWhole() throws Exception {
        byte[] line = new byte[10 << 20];
        java.util.Arrays.fill(line, (byte) 'x');
        byte[] head = "Subject: long\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        byte[] message = java.util.Arrays.copyOf(head, head.length + line.length);
        System.arraycopy(line, 0, message, head.length, line.length);
        String reply = submit.data(FROM, TO, message);
        if (reply.startsWith("250")) {
            assertThat(right.await(1, SOON).get(0).bodySize()).isBetween((long) line.length, line.length + 2L);
        } else {
            assertThat(reply).startsWith("5");
        }
        assertAlive();
    }

    @Test
    void aHundredThousandRecipients() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, FROM, List.of());
            int accepted = 0;
            for (int block = 0; block < 100; block++) {
                var commands = new StringBuilder();
                for (int i = 0; i < 1000; i++) {
                    commands.append("RCPT TO:<r").append(block * 1000 + i).append("@fabrikam.com>\r\n");
                }
                client.send(commands.toString());
                for (int i = 0; i < 1000; i++) {
                    String reply = client.reply();
                    accepted += reply.startsWith("250") ? 1 : 0;
                    assertThat(reply).matches("(250|452) .*");
                }
            }
            assertThat(accepted).isEqualTo(1000);
            assertThat(client.command("DATA")).startsWith("354");
            client.send(GOOD);
            assertThat(client.command(".")).startsWith("250");
        }
        assertThat(right.await(10, SOON).stream().mapToInt(m -> m.rcpt().size()).sum())
                .isEqualTo(1000);
        assertAlive();
    }

    @Test
    void filesThatAreNoMail() throws Exception {
        byte[] garbage = new byte[100_000];
        new Random(7).nextBytes(garbage);
        submit.raw("garbage.eml", garbage);
        submit.raw("empty.eml", new byte[0]);
        submit.raw("no-recipient.eml", "From: a@contoso.com\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("no-sender.eml", "To: a@contoso.com\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("bad-address.eml", "X-Sender: x\r\nX-Receiver: y z@\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("evil\n2026 ERROR\u001b[31m.eml", "Subject: no\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        submit.file(
                "header.eml",
                FROM,
                TO,
                ("X-Long: " + "x\r\n ".repeat(100_000) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        byte[] large =
                java.util.Arrays.copyOf("Subject: no recipient\r\n\r\n".getBytes(StandardCharsets.UTF_8), 3 << 20);
        java.util.Arrays.fill(large, 30, large.length, (byte) 'x');
        submit.raw("large.eml", large);
        Files.createDirectory(submit.pickup().resolve("folder.eml"));
        Path link = Files.createSymbolicLink(submit.pickup().resolve("link.eml"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(submit.pickup().resolve("nowhere.eml"), Path.of("/nonexistent"));
        submit.file("header-only.eml", FROM, TO, "Subject: only\r\n".getBytes(StandardCharsets.UTF_8));
        int failed = 8;
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(list("failed"))
                .hasSize(2 * failed));
        assertThat(list("failed").stream().filter(n -> n.endsWith(".reason.txt")))
                .hasSize(failed);
        assertThat(Files.readString(submit.pickup().resolve("failed/header.eml.reason.txt")))
                .startsWith("552 5.3.4 Header size");
        assertThat(list("")).contains("folder.eml", "link.eml", "nowhere.eml");
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        right.await(1, SOON);
        List<JsonNode> dead = dead();
        assertThat(dead)
                .hasSize(failed)
                .allSatisfy(d -> assertThat(d.get("reason").asText()).matches("5\\d\\d 5\\.\\d\\.\\d .*"));
        JsonNode kept = dead.stream()
                .filter(d -> d.get("size").asLong() == large.length)
                .findFirst()
                .orElseThrow();
        assertThat(bundle.get("/api/dead/" + kept.get("id").asText())).contains("no recipient");
        assertThat(post("/api/dead/" + kept.get("id").asText() + "/replay")).contains("mend it and submit it again");
        assertAlive();
    }

    @Test
    void aFileThatGrowsIsReadWhenItIsWhole() throws Exception {
        var writer = Executors.newSingleThreadScheduledExecutor();
        Path slow = submit.pickup().resolve("slow.eml");
        String head = "X-Sender: " + FROM + "\r\nX-Receiver: " + TO.get(0) + "\r\nSubject: slow\r\n\r\n";
        Files.writeString(slow, head);
        var parts = new AtomicInteger();
        try (OutputStream out = Files.newOutputStream(slow, StandardOpenOption.APPEND)) {
            var task = writer.scheduleAtFixedRate(
                    () -> {
                        try {
                            out.write("part\r\n".getBytes(StandardCharsets.US_ASCII));
                            parts.incrementAndGet();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    0,
                    50,
                    TimeUnit.MILLISECONDS);
            await().atMost(SOON).until(() -> parts.get() >= 40);
            task.cancel(false);
            writer.shutdown();
            assertThat(writer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }
        Path vanishing = submit.pickup().resolve("vanishing.eml");
        Files.write(vanishing, GOOD);
        Files.delete(vanishing);
        assertThat(right.await(1, SOON).get(0).bodySize()).isEqualTo(parts.get() * 6L);
        assertAlive();
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

    private List<JsonNode> dead() throws Exception {
        List<JsonNode> items = new ArrayList<>();
        new JsonMapper().readTree(bundle.get("/api/dead")).get("items").forEach(items::add);
        return items;
    }

    private String post(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + bundle.bundle().managementPort() + path))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private List<String> list(String below) throws IOException {
        try (var files = Files.list(submit.pickup().resolve(below))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
