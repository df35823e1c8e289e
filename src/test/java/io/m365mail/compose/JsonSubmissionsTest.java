package io.m365mail.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSubmissionsTest {
    private static final String START = "{'from':'Ann <ann@contoso.com>','to':['Bob <bob@contoso.com>'],";

    @TempDir
    Path dir;

    private Path spool;
    private Path files;
    private JsonSubmissions submissions;

    @BeforeEach
    void folders() throws IOException {
        spool = Files.createDirectory(dir.resolve("spool"));
        files = Files.createDirectory(dir.resolve("files"));
        submissions = new JsonSubmissions(files, null, spool, 1_000_000);
    }

    @AfterEach
    void nothingIsLeftInTheSpool() throws IOException {
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    private static InputStream json(String singleQuoted) {
        return new ByteArrayInputStream(singleQuoted.replace('\'', '"').getBytes(UTF_8));
    }

    private Composed one(String json) throws Exception {
        try (Composition c = submissions.compose(json(json))) {
            assertThat(c.messages()).hasSize(1);
            return c.messages().get(0);
        }
    }

    private MimeMessage mime(String json) throws Exception {
        return new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(one(json).content().toBytes()));
    }

    private List<String> refused(String json) throws Exception {
        return catchThrowableOfType(InvalidSubmissionException.class, () -> submissions.compose(json(json)))
                .mistakes()
                .stream()
                .map(Mistake::toString)
                .toList();
    }

    /** The tree of media types, such as {@code multipart/mixed(text/plain,image/png)}. */
    private static String shape(Part part) throws Exception {
        String type = part.getContentType().split(";")[0].toLowerCase();
        if (!(part.getContent() instanceof Multipart m)) {
            return type;
        }
        var parts = new ArrayList<String>();
        for (int i = 0; i < m.getCount(); i++) {
            parts.add(shape(m.getBodyPart(i)));
        }
        return type + "(" + String.join(",", parts) + ")";
    }

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

    @Test
    void saysAllThatIsWrongAndWhere() throws Exception {
        assertThat(refused(
                        "{'form':'a@b.c','prority':1,'attachments':[{'nam':'x'}],'sendAt':'tomorrow','priority':10}"))
                .contains(
                        "the key from is missing",
                        "no recipient: give to, cc, bcc or perRecipient",
                        "form: unknown key; did you mean from?",
                        "prority: unknown key; did you mean priority?",
                        "attachments[0].nam: unknown key; did you mean name?",
                        "attachments[0]: the key name is missing",
                        "attachments[0]: must have either content (base64) or path",
                        "priority: must have a maximum value of 9",
                        "sendAt: must be a date and time with offset (ISO 8601), such as 2026-11-22T07:00:00Z");
        assertThat(refused("{'from':'a@b.c, d@e.f','to':['x','Doe, J <j@x.org>',''],'replyTo':4}"))
                .hasSize(2);
        assertThat(refused("{'from':'a@b.c, d@e.f','to':['x','Doe, J <j@x.org>']}"))
                .containsExactly(
                        "from: must be just one address; a name with a comma or semicolon needs quotes",
                        "to[0]: the address has no local part",
                        "to[1]: must be just one address; a name with a comma or semicolon needs quotes");
        assertThat(refused("{'from':'a@b.c','to':[]}")).containsExactly("to: no recipient: to, cc and bcc are empty");
        assertThat(refused(START + "'data':{}}")).containsExactly("data is for a template: add the key template");
        assertThat(refused(START + "'template':'t','text':'x'}"))
                .containsExactly("text: cannot stand beside template, which makes it");
        assertThat(refused(START + "'template':'t'}"))
                .containsExactly("template: no folder of templates is configured");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'subject':'a\\r\\nBcc: evil@x.org'",
                "'subject':'a\\u0085b'",
                "'subject':'a\\u0000b'",
                "'headers':{'X-A':'a\\nBcc: evil@x.org'}",
                "'headers':{'X-A\\r\\nBcc':'evil@x.org'}",
                "'headers':{'X-A: b\\r\\nBcc':'evil@x.org'}",
                "'replyTo':'a\\r\\nBcc: evil@x.org <a@x.org>'",
                "'replyTo':'a@x.org\\r\\nBcc: evil@x.org'",
                "'cc':['<a@x.org>\\nBcc: evil@x.org']",
                "'attachments':[{'name':'a\\r\\nBcc: evil','content':''}]",
                "'attachments':[{'name':'../a','content':''}]",
                "'attachments':[{'name':'a','contentType':'text/plain\\r\\nBcc: evil','content':''}]",
                "'attachments':[{'name':'a','contentType':'message/rfc822','content':''}]",
                "'attachments':[{'name':'a','contentId':'a>\\r\\nBcc: evil','content':''}]",
                "'id':'a\\r\\nb'",
                "'template':'../../etc'",
            })
    void noFieldCanBreakOut(String field) throws Exception {
        assertThat(refused(START + field + "}")).isNotEmpty().allSatisfy(m -> assertThat(m)
                .doesNotContain("\r", "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bcc",
                "From",
                "Received",
                "Content-Type",
                "MIME-Version",
                "Message-ID",
                "Date",
                "Return-Path",
                "Sender",
                "DKIM-Signature",
                "Resent-To",
                "CamelFileName",
                "JMSReplyTo",
                "mail.smtp.host",
                "M365To",
                "X-M365-Id",
                "x-m365-send-at",
                "X-Sender",
                "X-MS-Exchange-Organization-AuthAs",
                "Subject",
                "To",
                "X A",
                ""
            })
    void structureTraceAndSteeringHeadersCannotBeSet(String name) throws Exception {
        assertThat(refused(START + "'headers':{'" + name + "':'v'}}"))
                .singleElement()
                .asString()
                .startsWith("headers.");
    }

    @ParameterizedTest
    @CsvSource({
        "[1],is no JSON object",
        "{'from':,is no valid JSON at line 1",
        "{},the key from is missing",
        "{'from':'a'} {},something follows",
        "'',is no JSON object",
        "{'a':1\u0000},is no valid JSON",
        "{'from':1;'from':2},Duplicate"
    })
    void whatIsNoJsonIsRefused(String json, String reason) throws Exception {
        assertThat(refused(json.replace(';', ',')))
                .anySatisfy(m -> assertThat(m).contains(reason));
    }

    @Test
    void hostileJsonIsRefusedEarly() throws Exception {
        assertThat(refused("{'data':" + "[".repeat(100_000)))
                .singleElement()
                .asString()
                .contains("too large or too deep");
        assertThat(refused("{'data':{'a':".repeat(1) + "{'a':".repeat(50_000)))
                .singleElement()
                .asString()
                .contains("too deep");
        assertThat(refused("{'data':[" + "1,".repeat(600_000) + "1]}"))
                .singleElement()
                .asString()
                .contains("too large");
        assertThat(refused("{'" + "k".repeat(100_000) + "':1}"))
                .singleElement()
                .asString()
                .contains("too large");
        assertThat(refused("{'priority':" + "9".repeat(100_000) + "}"))
                .singleElement()
                .asString()
                .contains("too large");
        assertThat(refused("{'text':'" + "x".repeat(11_000_000) + "'}"))
                .singleElement()
                .asString()
                .contains("too large");
        assertThat(refused(START + "'attachments':[{'name':'a','contentType':'a/b" + ";a=b".repeat(500_000)
                        + "','content':''}]}"))
                .isNotEmpty();
        assertThat(refused(START + "'subject':'" + "x".repeat(1500) + "'}"))
                .singleElement()
                .asString()
                .contains("without a blank");
        assertThat(refused(START + "'replyTo':'" + "(".repeat(500_000) + "'}")).isNotEmpty();
        assertThat(refused("{'from':'a@b.c','to':[" + "'x',".repeat(9_999) + "'x']}"))
                .hasSize(10_000);
    }

    @Test
    void attachmentsAreBoundedTogether() throws Exception {
        String half = Base64.getEncoder().encodeToString(new byte[600_000]);
        assertThat(refused(START + "'attachments':[{'name':'a','content':'" + half + "'},{'name':'b','content':'" + half
                        + "'}]}"))
                .containsExactly("attachments: the attachments are larger than 1000000 bytes together");
        Files.write(files.resolve("large"), new byte[1_000_001]);
        assertThat(refused(START + "'attachments':[{'name':'a','path':'large'}]}"))
                .containsExactly("attachments[0].path: the attachments are larger than 1000000 bytes together");
        assertThat(refused(START + "'attachments':[{'name':'a','content':'%%%'}]}"))
                .singleElement()
                .asString()
                .startsWith("attachments[0].content: is no valid base64");
    }

    @Test
    void pathsStayBelowTheFolder() throws Exception {
        Files.writeString(dir.resolve("secret"), "secret");
        Files.createDirectory(files.resolve("sub"));
        Files.createSymbolicLink(files.resolve("link"), dir.resolve("secret"));
        Files.createSymbolicLink(files.resolve("out"), dir);
        for (String path : List.of(
                "../secret",
                "sub/../../secret",
                dir.resolve("secret").toString(),
                "link",
                "out/secret",
                "sub",
                ".",
                "nothing",
                "a\\u0000b",
                "out/files/../secret")) {
            assertThat(refused(START + "'attachments':[{'name':'a','path':'" + path + "'}]}"))
                    .as(path)
                    .singleElement()
                    .asString()
                    .startsWith("attachments[0].path: ")
                    .doesNotContain(dir.toString());
        }
        var queue = new JsonSubmissions(null, null, spool, 1000);
        assertThat(catchThrowableOfType(
                        InvalidSubmissionException.class,
                        () -> queue.compose(json(START + "'attachments':[{'name':'a','path':'sub/a'}]}"))))
                .hasMessageContaining("only a folder source takes path");
    }
}
