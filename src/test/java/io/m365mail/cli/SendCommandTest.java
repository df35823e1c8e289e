package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendCommandTest extends CommandTest {
    @BeforeEach
    void accept() {
        api.on("POST /api/submit", 200, "{\"id\":\"01HX7\"}");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text).toString();
    }

    private MimeMessage sent() throws Exception {
        byte[] bytes = api.calls.get(0).body().getBytes(StandardCharsets.UTF_8);
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
    }

    @Test
    void aTextBecomesAMessage() throws Exception {
        String file = file("note.txt", "first\nsecond\r\n");
        assertThat(runOn("send", "--from", "a+b@contoso.com", "--to", "c@x.org,d@x.org", "--to", "e@x.org", file))
                .isZero();
        assertThat(out.toString()).contains("accepted as 01HX7");
        assertThat(api.calls.get(0).query())
                .isEqualTo("from=a%2Bb%40contoso.com&to=c%40x.org&to=d%40x.org&to=e%40x.org");
        assertThat(sent().getContent()).isEqualTo("first\r\nsecond\r\n");
        assertThat(sent().getHeader("From")).containsExactly("a+b@contoso.com");
        assertThat(sent().getAllRecipients()).hasSize(3);
        assertThat(sent().getHeader("Message-ID")).isNull();
        assertThat(sent().getHeader("Date")).isNull();
        assertThat(api.calls.get(0).body().replace("\r\n", "")).doesNotContain("\n", "\r");
    }

    @Test
    void subjectAndBodyAreEncodedWhereTheyHaveTo() throws Exception {
        String subject = "Größe überschritten: 日本語 " + "x".repeat(100);
        runOn(
                "send",
                "--from",
                "a@b.org",
                "--to",
                "c@d.org",
                "--subject",
                subject,
                file("t.txt", "ä\n" + "y".repeat(2000)));
        assertThat(api.calls.get(0).body()).matches("\\p{ASCII}*");
        assertThat(api.calls.get(0).body().lines()).allMatch(l -> l.length() <= 78);
        assertThat(sent().getSubject()).isEqualTo(subject);
        assertThat(sent().getContent()).isEqualTo("ä\r\n" + "y".repeat(2000));
    }

    @Test
    void anEmlFileGoesAsItIs() throws Exception {
        String text = "From: x\nSubject: y\n\nbody without end";
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", file("m.EML", text)))
                .isZero();
        assertThat(api.calls.get(0).body()).isEqualTo(text);
    }

    @Test
    void whatCannotBeSentIsRefusedBeforeItIsSent() throws Exception {
        String text = file("t.txt", "x");
        Path latin = Files.write(dir.resolve("latin.txt"), new byte[] {(byte) 0xe4});
        assertThat(runOn("send", "--from", "a b@c.org", "--to", "c@d.org", text))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org,", "--to", "<x@y.org>", text))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", "--subject", "a\r\nBcc: x", text))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", latin.toString()))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", "no-such-file"))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", "no-such.eml"))
                .isEqualTo(2);
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", "--subject", "s", file("m.eml", "x")))
                .isEqualTo(2);
        assertThat(api.calls).isEmpty();
        assertThat(err.toString())
                .contains("control character", "not UTF-8", "no-such-file does not exist", "no-such.eml");
    }

    @Test
    void aRefusalIsShown() throws Exception {
        api.on("POST /api/submit", 422, "{\"error\":\"No transport takes a@b.org. Set m365.transport.x.senders.\"}");
        assertThat(runOn("send", "--from", "a@b.org", "--to", "c@d.org", file("t.txt", "x")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("No transport takes a@b.org");
    }
}
