package io.m365mail.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import io.m365mail.testing.RawSmtpClient;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An attachment of 25 MB by each source through a JVM with exactly the options of {@code m365-mail run}. It arrives as it
 * was; the peak of the heap and of the resident memory is printed for each.
 */
@Timeout(300)
class LargeAttachmentsTest {
    private static final int SIZE = 25_000_000;
    private static final String FROM = "app@contoso.com";
    private static final String TO = "bob@fabrikam.com";

    @TempDir
    private Path folder;

    private final byte[] attachment = new byte[SIZE];
    private final List<String> table = new ArrayList<>();
    private MailSink sink;
    private Server databases;
    private OutboxFixture outbox;
    private Process jvm;
    private BufferedReader out;
    private int smtpPort;
    private String brokerUrl;

    private interface Way {
        void send() throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        new Random(25).nextBytes(attachment);
        sink = new MailSink();
        databases = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        outbox = new OutboxFixture(
                "jdbc:h2:tcp://127.0.0.1:" + databases.getPort() + "/mem:orders;DB_CLOSE_DELAY=-1", "");
        outbox.createTables("h2");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(launcherOptions());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BundleWithHeap.class.getName(),
                folder.toString(),
                outbox.source("orders")
                        + sink.transport()
                        + """
                        m365.source.scan.type=scan
                        m365.source.scan.from=%s
                        m365.source.scan.settle=300ms
                        m365.source.folder.settle=300ms
                        """
                                .formatted(FROM)));
        jvm = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8));
        String[] ports = line("PORTS").split(" ");
        smtpPort = Integer.parseInt(ports[1]);
        brokerUrl = "tcp://127.0.0.1:" + ports[2];
    }

    private static List<String> launcherOptions() throws IOException {
        Matcher options = Pattern.compile("exec \"\\$java\" (-Xms\\S+ -Xmx\\S+ (?:-XX:\\S+ )+-Dfile\\.encoding=\\S+)")
                .matcher(Files.readString(Path.of("m365-mail")));
        assertThat(options.find()).isTrue();
        return List.of(options.group(1).split(" "));
    }

    private String line(String start) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new AssertionError("the bundle's JVM ended");
    }

    @AfterEach
    void stop() throws Exception {
        jvm.destroyForcibly();
        databases.stop();
        sink.close();
    }

    @Test
    void eachSourceCarries25MegabytesInTheHeapOfTheDistribution() throws Exception {
        arrives("smtp", this::bySmtp);
        arrives("folder, *.eml", () -> drop("large.eml", mime()));
        arrives("folder, JSON with content", () -> drop("content.json", json("content", base64())));
        arrives("folder, JSON with path", () -> {
            Files.write(pickup().resolve("large.bin"), attachment);
            drop("path.json", json("path", "large.bin".getBytes(US_ASCII)));
        });
        arrives("scan", () -> {
            Path inbox = Files.createDirectories(folder.resolve("data/scan").resolve(TO));
            Path part = Files.write(inbox.resolve("large.part"), attachment);
            Files.move(part, inbox.resolve("large.bin"));
        });
        arrives("jms, BytesMessage", () -> publish(mime()));
        arrives("jms, BytesMessage of JSON", () -> publish(json("content", base64())));
        arrives("database", () -> {
            outbox.insert(1, TO, "large");
            outbox.execute("UPDATE mail_outbox SET status = 'WAIT'");
            outbox.execute(
                    "INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (1, 'large.bin', ?)",
                    (Object) attachment);
            outbox.execute("UPDATE mail_outbox SET status = 'NEW'");
        });
        System.out.println("A 25 MB attachment with " + String.join(" ", launcherOptions()));
        table.forEach(System.out::println);
    }

    private void arrives(String source, Way way) throws Exception {
        int before = sink.taken().size();
        measured();
        way.send();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !jvm.isAlive() || sink.taken().size() > before);
        assertThat(jvm.isAlive()).as(source + ": the bundle's JVM lives").isTrue();
        table.add("%-26s %s".formatted(source, measured()));
        byte[] mail = sink.taken().get(before).text().getBytes(UTF_8);
        var parts = (MimeMultipart) new MimeMessage(null, new ByteArrayInputStream(mail)).getContent();
        byte[] got = parts.getBodyPart(parts.getCount() - 1).getInputStream().readAllBytes();
        assertThat(got).as(source).isEqualTo(attachment);
    }

    /** The peaks since the last call. */
    private String measured() throws IOException {
        jvm.getOutputStream().write('\n');
        jvm.getOutputStream().flush();
        return line("PEAK");
    }

    private byte[] base64() {
        return Base64.getEncoder().encode(attachment);
    }

    private byte[] mime() {
        return join(
                """
                From: app@contoso.com\r
                To: bob@fabrikam.com\r
                Subject: large\r
                MIME-Version: 1.0\r
                Content-Type: multipart/mixed; boundary=b\r
                \r
                --b\r
                Content-Type: application/octet-stream\r
                Content-Transfer-Encoding: base64\r
                \r
                """
                        .getBytes(US_ASCII),
                Base64.getMimeEncoder().encode(attachment),
                "\r\n--b--\r\n".getBytes(US_ASCII));
    }

    private static byte[] json(String key, byte[] value) {
        return join(
                ("{\"from\": \"" + FROM + "\", \"to\": [\"" + TO + "\"], \"subject\": \"large\", \"text\": \"x\","
                                + " \"attachments\": [{\"name\": \"large.bin\", \"" + key + "\": \"")
                        .getBytes(US_ASCII),
                value,
                "\"}]}".getBytes(US_ASCII));
    }

    private static byte[] join(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private void bySmtp() throws IOException {
        try (var client = new RawSmtpClient(smtpPort)) {
            Submit.open(client, FROM, List.of(TO));
            assertThat(client.command("DATA")).startsWith("354");
            client.send(mime());
            assertThat(client.command(".")).startsWith("250");
        }
    }

    private Path pickup() {
        return folder.resolve("data/pickup");
    }

    private void drop(String name, byte[] bytes) throws IOException {
        Path part = Files.write(pickup().resolve(name + ".part"), bytes);
        Files.move(part, pickup().resolve(name));
    }

    private void publish(byte[] bytes) throws Exception {
        try (var factory = new ActiveMQConnectionFactory(brokerUrl);
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue("m365.submit"))) {
            BytesMessage m = session.createBytesMessage();
            m.writeBytes(bytes);
            producer.send(m);
        }
    }
}
