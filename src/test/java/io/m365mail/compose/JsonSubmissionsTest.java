package io.m365mail.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What messages JSON submissions become. */
class JsonSubmissionsTest extends JsonFixture {
    @Test
    void aPlainTextMessage() throws Exception {
        Composed made = one("{'from':'田中 <tanaka@contoso.com>','to':['bob@contoso.com','\\'Doe, J\\' <j@x.org>'],"
                        .replace("\\'", "\\\"")
                + "'cc':['bob@CONTOSO.com'],'replyTo':'r@x.org','subject':'予定時間 – ünï','text':'a\\n.\\nb\\r\\n日本',"
                + "'headers':{'X-Order':'Größe 4711','In-Reply-To':'<1@x>'},'priority':9,'id':'o-1',"
                + "'sendAt':'2026-11-22T09:00:00+09:00'}");
        assertThat(made.envelope().from()).isEqualTo("tanaka@contoso.com");
        assertThat(made.envelope().recipients())
                .extracting(Recipient::address)
                .containsExactly("bob@contoso.com", "j@x.org");
        assertThat(made.envelope().smtpUtf8()).isFalse();
        assertThat(made.priority()).isEqualTo(9);
        assertThat(made.id()).isEqualTo("o-1");
        assertThat(made.sendAt()).isEqualTo(Instant.parse("2026-11-22T00:00:00Z"));
        HeaderBlock h = HeaderBlock.parse(made.content());
        assertThat(h.defects()).isEmpty();
        assertThat(h.addresses("From")).containsExactly(new MailAddress("田中", "tanaka@contoso.com"));
        assertThat(h.addresses("To")).contains(new MailAddress("Doe, J", "j@x.org"));
        assertThat(h.first("Subject").orElseThrow().decoded()).isEqualTo("予定時間 – ünï");
        assertThat(h.first("x-order").orElseThrow().decoded()).isEqualTo("Größe 4711");
        assertThat(h.fields())
                .extracting(HeaderField::name)
                .doesNotContain("Message-ID", "Date", "Bcc")
                .contains("MIME-Version");
        assertThat(new String(made.content().toBytes(), UTF_8))
                .matches(s -> s.chars().allMatch(c -> c < 128));
        var message =
                new MimeMessage(null, new ByteArrayInputStream(made.content().toBytes()));
        assertThat(message.getContent()).isEqualTo("a\r\n.\r\nb\r\n日本");
    }

    @Test
    void hiddenRecipientsAreInTheEnvelopeOnly() throws Exception {
        Composed made = one("{'from':'a@x.org','bcc':['hidden@x.org'],'text':'t'}");
        assertThat(made.envelope().recipients()).extracting(Recipient::address).containsExactly("hidden@x.org");
        assertThat(new String(made.content().toBytes(), UTF_8))
                .doesNotContain("hidden")
                .contains("To: undisclosed-recipients:;\r\n");
    }

    @Test
    void eachStructureHasTheLevelsThatItNeeds() throws Exception {
        String file = "{'name':'a.pdf','content':'YQ=='}";
        String image = "{'name':'logo.png','contentId':'logo@x','content':'YQ=='}";
        assertThat(shape(mime(START + "'text':'t'}"))).isEqualTo("text/plain");
        assertThat(shape(mime(START + "'html':'<p>'}"))).isEqualTo("text/html");
        assertThat(shape(mime(START + "'text':'t','html':'<p>'}")))
                .isEqualTo("multipart/alternative(text/plain,text/html)");
        assertThat(shape(mime(START + "'html':'<p>','attachments':[" + image + "]}")))
                .isEqualTo("multipart/related(text/html,image/png)");
        assertThat(shape(mime(START + "'text':'t','attachments':[" + file + "," + image + "]}")))
                .isEqualTo("multipart/mixed(text/plain,application/pdf,image/png)");
        assertThat(shape(mime(START + "'text':'t','html':'<p>','attachments':[" + file + "," + image + "]}")))
                .isEqualTo("multipart/mixed(multipart/alternative(text/plain,"
                        + "multipart/related(text/html,image/png)),application/pdf)");
    }

    @Test
    void attachmentsKeepNamesTypesAndBytes() throws Exception {
        byte[] bytes = new byte[100_000];
        new java.util.Random(7).nextBytes(bytes);
        Files.write(files.resolve("scan.bin"), bytes);
        String name = "見積書 '最終' ".replace("'", "") + "x".repeat(80) + ".pdf";
        MimeMessage m = mime(START + "'text':'t','attachments':[{'name':'" + name + "','content':'"
                + Base64.getMimeEncoder().encodeToString(bytes).replace("\r\n", "\\r\\n") + "'},"
                + "{'name':'i.ics','contentType':'text/calendar; method=REQUEST; charset=utf-8','path':'scan.bin'}]}");
        var parts = (Multipart) m.getContent();
        Part pdf = parts.getBodyPart(1);
        assertThat(MimeUtility.decodeText(pdf.getFileName())).isEqualTo(name);
        assertThat(pdf.getContentType()).startsWith("application/pdf");
        assertThat(pdf.getInputStream().readAllBytes()).isEqualTo(bytes);
        assertThat(parts.getBodyPart(2).getContentType()).contains("text/calendar", "method=REQUEST");
        assertThat(parts.getBodyPart(2).getInputStream().readAllBytes()).isEqualTo(bytes);
    }

    @Test
    void aLargeMessageIsTheSameHoweverItIsRead() throws Exception {
        byte[] bytes = new byte[900_000];
        new java.util.Random(9).nextBytes(bytes);
        Files.write(files.resolve("scan.bin"), bytes);
        try (Composition c = submissions.compose(
                json(START + "'text':'t','attachments':[{'name':'scan.bin','path':'scan.bin'}]}"))) {
            MailContent content = c.messages().get(0).content();
            byte[] whole = content.toBytes();
            assertThat(content.size()).isGreaterThan(MailContent.LARGE).isEqualTo(whole.length);
            try (InputStream in = content.open()) {
                assertThat(in.readAllBytes()).isEqualTo(whole);
            }
            assertThat(content.head(5000)).isEqualTo(Arrays.copyOf(whole, 5000));
            var parts = (Multipart) new MimeMessage(null, new ByteArrayInputStream(whole)).getContent();
            assertThat(parts.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void nonAsciiAddressesAskForSmtpUtf8() throws Exception {
        Composed made = one("{'from':'Tanaka 田 <田中@contoso.com>','to':['b@x.org'],'text':'t'}");
        assertThat(made.envelope().smtpUtf8()).isTrue();
        assertThat(HeaderBlock.parse(made.content()).addresses("From"))
                .containsExactly(new MailAddress("Tanaka 田", "田中@contoso.com"));
    }
}
