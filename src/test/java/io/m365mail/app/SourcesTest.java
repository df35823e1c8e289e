package io.m365mail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.RawSmtpClient;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON, scans, send times and repeats, from the source to the mailbox endpoint. */
class SourcesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PDF = "%PDF-1.4\nscanned\n%%EOF\n";

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private RunningBundle bundle;

    private interface Change {
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

    private void startBundle() throws Exception {
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
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    private Path pickup() {
        return folder.resolve("data/pickup");
    }

    private Path scans() {
        return folder.resolve("data/scan");
    }

    private void drop(String name, String text) throws Exception {
        Files.writeString(folder.resolve("writing"), text);
        Files.move(folder.resolve("writing"), pickup().resolve(name));
    }

    private void publish(String text, Change... changes) throws Exception {
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

    private List<ReceivedMessage> received(int n) throws Exception {
        return sandbox.log().awaitReceived(n, SOON);
    }

    private static String text(ReceivedMessage m) throws Exception {
        return new String(m.content().orElseThrow().toBytes(), UTF_8);
    }

    private String reason(String name) {
        Path file = pickup().resolve("failed/" + name + ".reason.txt");
        await().atMost(SOON).until(() -> Files.exists(file) && Files.size(file) > 0);
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int accepted() throws Exception {
        var json = new com.fasterxml.jackson.databind.ObjectMapper().readTree(bundle.get("/api/status"));
        return json.path("totals").path("accepted").asInt();
    }

    @Test
    void aJsonFileWithAnAttachmentByPath() throws Exception {
        Files.writeString(pickup().resolve("report.pdf"), PDF);
        drop(
                "a.json",
                """
                {"from":"alerts@contoso.com","to":["bob@fabrikam.com"],"bcc":["eve@fabrikam.com"],"subject":"Häuser",
                 "text":"hello","attachments":[{"name":"Bericht für März.pdf","path":"report.pdf"}]}""");
        ReceivedMessage got = received(1).get(0);
        assertThat(got.recipients()).containsExactlyInAnyOrder("bob@fabrikam.com", "eve@fabrikam.com");
        assertThat(text(got)).doesNotContain("eve@");
        var mime = new MimeMessage(
                null, new ByteArrayInputStream(got.content().orElseThrow().toBytes()));
        assertThat(mime.getSubject()).isEqualTo("Häuser");
        assertThat(new String(
                        ((MimeMultipart) mime.getContent())
                                .getBodyPart(1)
                                .getInputStream()
                                .readAllBytes(),
                        UTF_8))
                .isEqualTo(PDF);
        await().untilAsserted(() -> assertThat(pickup().resolve("done/a.json")).exists());
        await().untilAsserted(() -> {
            try (Stream<Path> spool = Files.list(folder.resolve("data/spool"))) {
                assertThat(spool).isEmpty();
            }
        });
    }

    @Test
    void aWrongJsonFileIsRefusedWithThePathOfEachMistake() throws Exception {
        drop("b.json", "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob\"],\"priority\":12,\"txet\":\"x\"}");
        assertThat(reason("b.json")).startsWith("550 5.6.0").contains("priority", "txet");
        drop(
                "c.json",
                "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob@fabrikam.com\"],\"attachments\":"
                        + "[{\"name\":\"x\",\"path\":\"../../etc/passwd\"}]}");
        assertThat(reason("c.json")).contains("attachments[0].path", "below the source's folder");
        await().untilAsserted(() -> assertThat(bundle.get("/api/dead")).contains("\"total\":2", "priority"));
    }

    @Test
    void aMailMergeIsAcceptedAsAWholeOrNotAtAll() throws Exception {
        String merge =
                """
                {"from":"%s","template":"invoice","data":{"sum":"10 EUR"},"id":"run-7","perRecipient":[
                 {"to":"a@fabrikam.com","data":{"name":"A","number":1}},
                 {"to":"b@fabrikam.com","data":{"name":"B","number":2}}]}""";
        publish(merge.formatted("alerts@contoso.com"));
        assertThat(received(2))
                .extracting(m -> m.recipients().get(0))
                .containsExactlyInAnyOrder("a@fabrikam.com", "b@fabrikam.com");
        publish(merge.formatted("alerts@contoso.com"));
        publish(merge.formatted("nobody@contoso.com"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/dead")).contains("Message 1 of the batch"));
        assertThat(accepted()).isEqualTo(2);
    }

    @Test
    void theJsonsOwnFieldsWinOverJmsPropertiesWhichStandInForMissingOnes() throws Exception {
        publish(
                "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob@fabrikam.com\"],\"text\":\"x\"}",
                m -> m.setStringProperty("M365To", "other@fabrikam.com"),
                m -> m.setStringProperty("M365SendAt", "tomorrow"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/dead")).contains("Property M365SendAt"));
        publish(
                "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob@fabrikam.com\"],\"text\":\"x\"}",
                m -> m.setStringProperty("M365To", "other@fabrikam.com"));
        assertThat(received(1).get(0).recipients()).containsExactly("bob@fabrikam.com");
    }

    @Test
    void theSameJmsIdIsOneSubmissionAlsoAfterARestart() throws Exception {
        Change id = m -> m.setStringProperty("M365Id", "order-1");
        String mail = "From: alerts@contoso.com\nTo: bob@fabrikam.com\nSubject: once\n\nx\n";
        for (int i = 0; i < 5; i++) {
            publish(mail, id);
        }
        received(1);
        bundle.close();
        startBundle();
        publish(mail, id);
        publish(mail, m -> m.setStringProperty("M365Id", "order-2"));
        received(2);
        await().untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"submit\":{\"queued\":0}"));
        assertThat(sandbox.log().received()).hasSize(2);
    }

    @Test
    void aSlowScannersFileIsMailedWhole() throws Exception {
        Path inbox = Files.createDirectories(scans().resolve("bob@fabrikam.com"));
        Files.writeString(inbox.resolve("~$x.pdf"), "x");
        Files.writeString(inbox.resolve("page.pdf.part"), "x");
        Path link = Files.createSymbolicLink(inbox.resolve("link.pdf"), Path.of("/etc/passwd"));
        Path file = inbox.resolve("Büro Straße.pdf");
        Files.writeString(file, "%PDF-1.4\n");
        Instant start = Instant.now();
        for (int page = 1; page <= 3; page++) {
            Instant next = start.plusMillis(1500L * page);
            await().atMost(SOON).until(() -> Instant.now().isAfter(next));
            assertThat(sandbox.log().received()).isEmpty();
            Files.writeString(file, "page " + page + "\n", StandardOpenOption.APPEND);
        }
        Files.writeString(file, "%%EOF\n", StandardOpenOption.APPEND);
        ReceivedMessage got = received(1).get(0);
        assertThat(got.recipients()).containsExactly("bob@fabrikam.com");
        var mime = new MimeMessage(
                null, new ByteArrayInputStream(got.content().orElseThrow().toBytes()));
        assertThat(mime.getSubject()).isEqualTo("Scan: Büro Straße.pdf");
        var part = (MimeBodyPart) ((MimeMultipart) mime.getContent()).getBodyPart(1);
        assertThat(part.getContentType()).startsWith("application/pdf");
        assertThat(part.getHeader("Content-Disposition")[0]).contains("filename*=UTF-8''B%C3%BCro%20Stra%C3%9Fe.pdf");
        assertThat(new String(part.getInputStream().readAllBytes(), UTF_8))
                .isEqualTo("%PDF-1.4\npage 1\npage 2\npage 3\n%%EOF\n");
        await().untilAsserted(() -> assertThat(scans().resolve("done/bob@fabrikam.com/Büro Straße.pdf"))
                .exists());
        assertThat(link).isSymbolicLink();
        assertThat(inbox.resolve("page.pdf.part")).exists();
    }

    @Test
    void aScanFolderThatIsNoAddressFails() throws Exception {
        Path inbox = Files.createDirectories(scans().resolve("Buchhaltung"));
        Files.write(inbox.resolve("noname"), new byte[] {'I', 'I', '*', 0, 1});
        Path reason = scans().resolve("failed/Buchhaltung/noname.reason.txt");
        await().atMost(SOON).until(() -> Files.exists(reason) && Files.size(reason) > 0);
        assertThat(reason).content().contains("The folder's name is no mail address");
        Path good = Files.createDirectories(scans().resolve("new@fabrikam.com"));
        Files.write(good.resolve("noname"), new byte[] {'I', 'I', '*', 0, 1});
        assertThat(text(received(1).get(0))).contains("image/tiff; name=noname");
    }

    @Test
    void aScheduledMessageLeavesWhenItIsDueAndACancelledOneNever() throws Exception {
        Instant due = Instant.now().plusSeconds(6);
        drop(
                "later.eml",
                "From: alerts@contoso.com\nTo: a@fabrikam.com\nX-M365-Send-At: " + due + "\nSubject: later\n\nx\n");
        publish("{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"text\":\"x\",\"sendAt\":\"" + due
                + "\"}");
        publish(
                "From: alerts@contoso.com\nTo: c@fabrikam.com\n\nx\n",
                m -> m.setStringProperty("M365SendAt", due.toString()),
                m -> m.setStringProperty("M365Id", "appointment 'x'/1"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":3"));
        assertThat(bundle.get("/api/scheduled"))
                .contains("appointment 'x'/1", "\"sendAt\":\"" + due.toString().substring(0, 19));
        assertThat(delete("/api/scheduled/appointment%20%27x%27%2F1")).contains("\"cancelled\":1");
        assertThat(delete("/api/scheduled/appointment%20%27x%27%2F1")).contains("There is no scheduled message");
        bundle.close();
        startBundle();
        assertThat(Instant.now()).isBefore(due);
        received(2);
        assertThat(Instant.now()).isBetween(due, due.plusSeconds(2));
        await().during(Duration.ofSeconds(2))
                .until(() -> sandbox.log().received().size() == 2);
        assertThat(text(sandbox.log().received().get(0))).doesNotContain("X-M365-Send-At");
    }

    @Test
    void aLargeScheduledMessageLosesItsBodyWhenItIsCancelledOrSent() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        String content = java.util.Base64.getEncoder().encodeToString(bytes);
        Instant due = Instant.now().plusSeconds(5);
        for (String id : List.of("one", "two")) {
            publish("{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"id\":\"" + id + "\",\"sendAt\":\""
                    + due + "\",\"attachments\":[{\"name\":\"x.bin\",\"content\":\"" + content + "\"}]}");
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":2"));
        assertThat(delete("/api/scheduled/one")).contains("\"cancelled\":1");
        ReceivedMessage got = received(1).get(0);
        var mime = new MimeMessage(
                null, new ByteArrayInputStream(got.content().orElseThrow().toBytes()));
        assertThat(((MimeMultipart) mime.getContent())
                        .getBodyPart(1)
                        .getInputStream()
                        .readAllBytes())
                .isEqualTo(bytes);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        bundle.bundle().infrastructure().admin().queueNames("m365.body."))
                .isEmpty());
    }

    @Test
    void anSmtpClientThatDidNotHearTheAnswerIsNotTakenTwice() throws Exception {
        String mail = "From: alerts@contoso.com\r\nMessage-ID: <1@printer>\r\n\r\nx\r\n.";
        try (var client = greeted()) {
            send(client, mail);
            client.reset();
        }
        received(1);
        try (var client = greeted()) {
            assertThat(send(client, mail)).startsWith("250");
            client.command("QUIT");
        }
        try (var client = greeted()) {
            // This client has heard the answer before, so these are new, however equal.
            assertThat(send(client, mail)).startsWith("250");
            assertThat(send(client, mail)).startsWith("250");
            String nameless = "From: alerts@contoso.com\r\n\r\ny\r\n.";
            send(client, nameless);
            client.reset();
        }
        try (var client = greeted()) {
            send(client, "From: alerts@contoso.com\r\n\r\ny\r\n.");
            client.command("QUIT");
        }
        received(5);
        await().during(Duration.ofSeconds(1))
                .until(() -> sandbox.log().received().size() == 5);
    }

    private RawSmtpClient greeted() throws Exception {
        var client = new RawSmtpClient(bundle.smtpPort());
        client.reply();
        client.command("EHLO printer7");
        return client;
    }

    private static String send(RawSmtpClient client, String mail) throws Exception {
        client.command("MAIL FROM:<alerts@contoso.com>");
        client.command("RCPT TO:<bob@fabrikam.com>");
        client.command("DATA");
        return client.command(mail);
    }

    private String delete(String path) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + bundle.bundle().managementPort() + path))
                .DELETE()
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
