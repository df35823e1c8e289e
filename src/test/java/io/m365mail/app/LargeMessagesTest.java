package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.SandboxInbox;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSink;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that do not fit into the heap, through a JVM with a small one; the sink digests them as they come. */
class LargeMessagesTest {
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final int MIB = 1 << 20;
    private static final String FROM = "app@contoso.com";
    private static final List<String> TO = List.of("big@fabrikam.com");
    private static final byte[] HEAD = "Subject: big\r\nBcc: hidden@x.example\r\n\r\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private SmtpSink sink;
    private Process jvm;
    private BufferedReader out;
    private int smtpPort;
    private int brokerPort;
    private int apiPort;

    /** Lines of numbers, so that no two parts of a body are alike; made as it is read. */
    private static InputStream body(int mib) {
        return new InputStream() {
            private byte[] line = {};
            private int at;
            private long made;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] b, int off, int len) {
                if (at == line.length) {
                    if (made == (long) mib * MIB) {
                        return -1;
                    }
                    line = "%014d\r\n".formatted(made).repeat(64).getBytes(StandardCharsets.US_ASCII);
                    made += line.length;
                    at = 0;
                }
                int n = Math.min(len, line.length - at);
                System.arraycopy(line, at, b, off, n);
                at += n;
                return n;
            }
        };
    }

    private static String sha256(int mib) throws Exception {
        try (var in = new DigestInputStream(body(mib), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private void start(int heapMib, SmtpSink to, String more) throws Exception {
        sink = to;
        jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heapMib + "m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BundleWithHeap.class.getName(),
                        folder.toString(),
                        to.transport("big") + "m365.route.1.transport=big\nm365.retry.initial=1s\n" + more)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        String[] ports = line("PORTS").split(" ");
        smtpPort = Integer.parseInt(ports[1]);
        brokerPort = Integer.parseInt(ports[2]);
        apiPort = Integer.parseInt(ports[3]);
    }

    private String line(String start) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new AssertionError("the bundle's JVM ended");
    }

    /** Nothing large is left in the broker, then the JVM ends in order. */
    private void assertEmptyAndStop() throws Exception {
        Path large = folder.resolve("data/broker/large");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            try (var files = Files.list(large)) {
                assertThat(files).isEmpty();
            }
            try (var files = Files.list(folder.resolve("data/spool"))) {
                assertThat(files).isEmpty();
            }
        });
        jvm.getOutputStream().close();
        System.out.println(jvm.info()
                        .commandLine()
                        .map(c -> c.replaceAll(".*(-Xmx\\w+).*", "$1"))
                        .orElse("") + " " + line("PEAK"));
        assertThat(jvm.waitFor()).isZero();
    }

    @AfterEach
    void stop() throws Exception {
        jvm.destroyForcibly();
        sink.close();
    }

    private String smtp(int mib) throws Exception {
        try (var client = new RawSmtpClient(smtpPort);
                InputStream body = body(mib)) {
            Submit.open(client, FROM, TO);
            client.command("DATA");
            client.send(HEAD);
            byte[] buffer = new byte[64 << 10];
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                client.send(java.util.Arrays.copyOf(buffer, n));
            }
            return client.command(".");
        }
    }

    private void jms(int mib, List<String> to) throws Exception {
        try (var factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + brokerPort);
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            BytesMessage m = session.createBytesMessage();
            m.setStringProperty("M365From", FROM);
            m.setStringProperty("M365To", String.join(",", to));
            m.setObjectProperty(
                    "JMS_AMQ_InputStream", new SequenceInputStream(new java.io.ByteArrayInputStream(HEAD), body(mib)));
            producer.send(m);
        }
    }

    private void file(int mib) throws Exception {
        Path part = folder.resolve("data/pickup/big.part");
        try (OutputStream file = Files.newOutputStream(part);
                InputStream body = body(mib)) {
            file.write(
                    ("X-Sender: " + FROM + "\r\nX-Receiver: " + TO.get(0) + "\r\n").getBytes(StandardCharsets.UTF_8));
            file.write(HEAD);
            body.transferTo(file);
        }
        Files.move(part, part.resolveSibling("big.eml"));
    }

    private void assertWhole(List<SmtpSink.Message> messages, int mib) throws Exception {
        String sha256 = sha256(mib);
        assertThat(messages).allSatisfy(m -> {
            assertThat(m.bodySize()).isEqualTo((long) mib * MIB);
            assertThat(m.bodySha256()).isEqualTo(sha256);
            assertThat(new String(m.bytes(), 0, 1000, StandardCharsets.UTF_8)).doesNotContain("hidden");
        });
    }

    /** The server that holds the mailbox is in this JVM; the bundle fetches it piece by piece. */
    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3"})
    void fromAMailbox(String protocol) throws Exception {
        try (var inbox = SandboxInbox.start().mailbox("desk@contoso.com", "secret2");
                InputStream body = body(25)) {
            start(
                    64,
                    new SmtpSink(true),
                    """
                    m365.source.desk.type=mailbox
                    m365.source.desk.protocol=%s
                    m365.source.desk.host=127.0.0.1
                    m365.source.desk.port=%d
                    m365.source.desk.tls=off
                    m365.source.desk.mailbox=desk@contoso.com
                    m365.source.desk.auth=login
                    m365.source.desk.password=secret2
                    m365.source.desk.poll-interval=500ms
                    m365.source.desk.to=big@fabrikam.com
                    """
                            .formatted(protocol, protocol.equals("imap") ? inbox.imapPort() : inbox.pop3Port()));
            var mail = new ByteArrayOutputStream();
            mail.write(HEAD);
            body.transferTo(mail);
            inbox.deliver("desk@contoso.com", MailContent.of(mail.toByteArray()));
            assertWhole(sink.await(1, LONG), 25);
            await().atMost(LONG).untilAsserted(() -> assertThat(inbox.messages("desk@contoso.com"))
                    .isEmpty());
            assertEmptyAndStop();
        }
    }

    /** The first try is answered with 451, so it goes out twice. */
    @Test
    void aHundredAndFiftyMegabytesInAHeapOf128() throws Exception {
        var tries = new AtomicInteger();
        start(128, new SmtpSink(true, m -> tries.getAndIncrement() == 0 ? "451 4.3.0 later" : "250 ok"), "");
        assertThat(smtp(149)).startsWith("250");
        assertWhole(sink.await(1, LONG), 149);
        assertThat(tries).hasValue(2);
        assertEmptyAndStop();
    }

    @Test
    void largeOnesByJmsAndFolder() throws Exception {
        start(128, new SmtpSink(true), "");
        jms(40, TO);
        file(40);
        assertWhole(sink.await(2, LONG), 40);
        assertEmptyAndStop();
    }

    @Test
    void twentyOfTenMegabytesAtOnceInTheDefaultHeap() throws Exception {
        start(256, new SmtpSink(false), "");
        var clients = Executors.newFixedThreadPool(20);
        List<Future<String>> replies =
                clients.invokeAll(java.util.Collections.nCopies(20, (Callable<String>) () -> smtp(10)));
        for (Future<String> reply : replies) {
            assertThat(reply.get()).startsWith("250");
        }
        clients.shutdown();
        assertWhole(sink.await(20, LONG), 10);
        assertEmptyAndStop();
    }

    /** Three deliveries, one of which dies and is replayed; the body is kept once and goes with the last. */
    @Test
    void oneBodyForManyDeliveriesAndADeadLetter() throws Exception {
        var refuse = new java.util.concurrent.atomic.AtomicBoolean(true);
        start(
                128,
                new SmtpSink(
                        true, m -> m.rcpt().contains("dead@x.example") && refuse.get() ? "554 5.7.1 no" : "250 ok"),
                "m365.transport.big.recipients-per-message=1\nm365.transport.big.connections=1\n");
        jms(20, List.of("a@x.example", "dead@x.example", "c@x.example"));
        sink.await(2, LONG);
        await().atMost(LONG).until(() -> http("GET", "/api/dead").contains("\"total\":1"));
        long stored;
        try (var files = Files.list(folder.resolve("data/broker/large"))) {
            stored = files.mapToLong(f -> f.toFile().length()).sum();
        }
        assertThat(stored).as("kept once").isBetween(20L * MIB, 25L * MIB);
        refuse.set(false);
        assertThat(http("POST", "/api/dead/replay-all")).contains("\"replayed\":1");
        List<String> to = new ArrayList<>();
        sink.await(3, LONG).forEach(m -> to.addAll(m.rcpt()));
        assertThat(to).containsExactlyInAnyOrder("a@x.example", "dead@x.example", "c@x.example");
        assertWhole(sink.messages(), 20);
        assertEmptyAndStop();
    }

    private String http(String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
