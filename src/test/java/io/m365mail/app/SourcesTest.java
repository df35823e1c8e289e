package io.m365mail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.ReceivedMessage;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** JSON, scans and repeats, from the source to the mailbox endpoint. */
class SourcesTest extends SourcesBundle {
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
}
