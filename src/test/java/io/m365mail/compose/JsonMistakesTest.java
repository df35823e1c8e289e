package io.m365mail.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong and hostile JSON: refused with the path of each mistake, early, and without leaving the folder. */
class JsonMistakesTest extends JsonFixture {
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
                        "to[0]: the address has no @ and no domain",
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
