package io.m365mail.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.Recipient;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailMergeTest {
    private static final String MERGE =
            "{'from':'a@x.org','template':'alarm','id':'m','data':{'system':'LOB'},'perRecipient':["
                    + "{'to':'Ann <ann@x.org>','data':{'name':'Ann <b>','count':1234567}},"
                    + "{'to':'bob@x.org','data':{'name':'Bob\\r\\nBcc: evil@x.org','count':1,'system':'other'}}]}";

    @TempDir
    Path dir;

    private JsonSubmissions submissions;

    @BeforeEach
    void templates() throws IOException {
        template("subject.ftl", "Alarm for ${name}\n");
        template("text.ftl", "${name}: ${count} from ${system}");
        template("html.ftlh", "<p>${name}</p>");
        submissions = new JsonSubmissions(
                null, new Templates(dir.resolve("templates")), Files.createDirectory(dir.resolve("spool")), 1_000_000);
    }

    private void template(String file, String text) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("templates/alarm"));
        Files.writeString(folder.resolve(file), text);
    }

    private Composition compose(String json) throws Exception {
        return submissions.compose(
                new ByteArrayInputStream(json.replace('\'', '"').getBytes(UTF_8)));
    }

    private String refused(String json) {
        return catchThrowableOfType(InvalidSubmissionException.class, () -> compose(json))
                .getMessage();
    }

    private static String[] texts(Composed composed) throws Exception {
        var mime = new MimeMessage(
                null, new ByteArrayInputStream(composed.content().toBytes()));
        var parts = (Multipart) mime.getContent();
        return new String[] {
            mime.getSubject(),
            (String) parts.getBodyPart(0).getContent(),
            (String) parts.getBodyPart(1).getContent()
        };
    }

    @Test
    void eachRecipientGetsAMessageOfItsOwn() throws Exception {
        try (Composition c = compose(MERGE)) {
            assertThat(c.messages()).hasSize(2);
            Composed first = c.messages().get(0);
            assertThat(first.id()).isEqualTo("m-1");
            assertThat(first.envelope().recipients())
                    .extracting(Recipient::address)
                    .containsExactly("ann@x.org");
            assertThat(texts(first))
                    .containsExactly("Alarm for Ann <b>", "Ann <b>: 1234567 from LOB", "<p>Ann &lt;b&gt;</p>");
            Composed second = c.messages().get(1);
            assertThat(second.id()).isEqualTo("m-2");
            assertThat(second.envelope().recipients())
                    .extracting(Recipient::address)
                    .containsExactly("bob@x.org");
            assertThat(texts(second)[1]).isEqualTo("Bob\r\nBcc: evil@x.org: 1 from other");
            HeaderBlock h = HeaderBlock.parse(second.content());
            assertThat(h.first("Subject").orElseThrow().decoded()).isEqualTo("Alarm for Bob Bcc: evil@x.org");
            assertThat(h.fields()).extracting(HeaderField::name).doesNotContain("Bcc");
        }
    }

    @Test
    void withoutATemplateAllGetTheSame() throws Exception {
        try (Composition c =
                compose("{'from':'a@x.org','text':'t','perRecipient':[{'to':'b@x.org'},{'to':'c@x.org'}]}")) {
            assertThat(c.messages())
                    .extracting(m -> m.envelope().recipients().get(0).address())
                    .containsExactly("b@x.org", "c@x.org");
            assertThat(new String(c.messages().get(0).content().toBytes(), UTF_8))
                    .doesNotContain("c@x.org");
        }
    }

    @Test
    void aMissingFieldIsNamedWithItsRecipient() {
        String json = MERGE.replace("'count':1,", "");
        assertThat(refused(json))
                .isEqualTo("perRecipient[1].data: the template alarm/text.ftl needs the field count: add it");
        assertThat(refused(MERGE.replace("'bob@x.org'", "'bob'").replace("'Ann <ann@x.org>'", "'b, c@d.e'")))
                .contains(
                        "perRecipient[0].to: must be just one address",
                        "perRecipient[1].to: the address has no @ and no domain");
        assertThat(refused(MERGE.replace("'id'", "'to':['x@y.z'],'id'")))
                .isEqualTo("to: cannot stand beside perRecipient, which names the recipients");
        assertThat(refused(MERGE.replace("'alarm'", "'other'"))).startsWith("template: there is no template other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${name.class}",
                "${name.getClass()}",
                "${name?api.getClass()}",
                "${'freemarker.template.utility.Execute'?new()('id')}",
                "${name.bytes}",
                "<#include '/../secret'>",
                "<#include '../../secret'>",
                "<#include '/link'>",
                "<#include 'link'>",
                "${.vars.x}",
                "${broken",
                "<#list 1..99999999 as i>xxxxxxxxxxxxxxxxxxxx</#list>"
            })
    void templatesReachNothingButTheirData(String hostile) throws Exception {
        Files.writeString(dir.resolve("secret"), "secret");
        Files.createSymbolicLink(dir.resolve("templates/link"), dir.resolve("secret"));
        template("text.ftl", hostile);
        assertThat(refused(MERGE)).contains("alarm/text.ftl").doesNotContain("secret\n");
    }

    @Test
    void dataIsNeverReadAsATemplate() throws Exception {
        try (Composition c = compose(MERGE.replace("Ann <b>", "${system} <#stop>"))) {
            assertThat(texts(c.messages().get(0))[1]).startsWith("${system} <#stop>: ");
        }
    }

    @Test
    void tenThousandRecipientsNeedNoMoreHeapThanOne() throws Exception {
        template("text.ftl", "${name}: " + "x".repeat(100_000));
        var json = new StringBuilder("{'from':'a@x.org','template':'alarm','perRecipient':[");
        for (int i = 0; i < 3_000; i++) {
            json.append(i > 0 ? "," : "").append("{'to':'r").append(i).append("@x.org','data':{'name':'n','count':1}}");
        }
        String submission = json.append("]}").toString();
        long before = heapInUse();
        try (Composition c = compose(submission)) {
            // 300 MB more if all were kept.
            assertThat(heapInUse() - before).isLessThan(100_000_000);
            assertThat(c.messages()).hasSize(3_000);
            assertThat(c.messages().get(2_999).envelope().recipients().get(0).address())
                    .isEqualTo("r2999@x.org");
        }
    }

    private static long heapInUse() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
