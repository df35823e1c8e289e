package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.testing.MimeCorpus;
import io.m365mail.testing.SmtpSink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every message of the corpus, by every way in, to a mailbox and to two servers of the customer's, one of which offers
 * CHUNKING: at the far end stand our trace fields and then the bytes as they came, but for what is documented to go.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BytesUntouchedTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MAILBOX = "alerts@contoso.com";
    private static final List<MimeCorpus.Sample> SAMPLES = MimeCorpus.all();
    /** Fields that do not pass: Bcc and what is meant for us; an empty From, Date or Message-ID is replaced. */
    private static final Pattern REMOVED = Pattern.compile(
            "(?im)^(?:(?:Bcc|Resent-Bcc|X-M365-Send-At)[ \\t]*:.*|(?:From|Date|Message-ID)[ \\t]*:[ \\t]*)\r\n(?:[ \\t].*\r\n)*");

    private static final Pattern TRACE = Pattern.compile("Received: .*\r\n(?:[ \\t].*\r\n)*X-M365-Id: \\w+\r\n"
            + "(?:Message-ID: .*\r\n)?(?:Date: .*\r\n)?(?:From: .*\r\n)?");

    private Sandbox sandbox;
    private SmtpSink chunking;
    private SmtpSink plain;
    private RunningBundle bundle;

    private enum Way {
        DATA,
        BDAT,
        FOLDER,
        JMS
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox"))
                .limits(SandboxLimits.none())
                .build();
        var mailbox = sandbox.mailbox(MAILBOX, "secret1");
        for (MimeCorpus.Sample sample : SAMPLES) {
            HeaderBlock.parse(MailContent.of(sample.bytes()))
                    .addresses("From")
                    .forEach(a -> mailbox.sendAs(a.address()));
        }
        sandbox.start();
        chunking = new SmtpSink(true);
        plain = new SmtpSink(false);
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", sandbox, MAILBOX, "secret1")
                        + "m365.transport.alerts.messages-per-minute=0\nm365.transport.alerts.recipients-per-day=0\n"
                        + chunking.transport("chunking")
                        + plain.transport("plain")
                        + """
                        m365.route.1.to=*@chunking.example
                        m365.route.1.transport=chunking
                        m365.route.2.to=*@plain.example
                        m365.route.2.transport=plain
                        """);
    }

    @AfterAll
    void stop() throws Exception {
        bundle.close();
        plain.close();
        chunking.close();
        sandbox.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatGoesInComesOut(Way way) throws Exception {
        int before = chunking.messages().size();
        for (int i = 0; i < SAMPLES.size(); i++) {
            send(way, i);
        }
        int all = before + SAMPLES.size();
        Map<String, byte[]> atChunking = bytes(chunking.await(all, SOON));
        Map<String, byte[]> atPlain = bytes(plain.await(all, SOON));
        Map<String, byte[]> atSandbox = new HashMap<>();
        for (ReceivedMessage m : sandbox.log().awaitReceived(all, SOON)) {
            atSandbox.put(m.recipients().get(0), m.content().orElseThrow().toBytes());
        }
        var softly = new SoftAssertions();
        for (int i = 0; i < SAMPLES.size(); i++) {
            byte[] original = SAMPLES.get(i).bytes();
            String name = SAMPLES.get(i).name();
            compare(
                    softly,
                    name + " at a server with CHUNKING",
                    original,
                    atChunking.get(to(way, i, "chunking")),
                    way == Way.DATA);
            compare(softly, name + " at a server without", original, atPlain.get(to(way, i, "plain")), true);
            compare(softly, name + " at the mailbox", original, atSandbox.get(to(way, i, "mailbox")), true);
        }
        softly.assertAll();
    }

    private void send(Way way, int i) throws Exception {
        var submit = new Submit(bundle);
        List<String> to = List.of(to(way, i, "mailbox"), to(way, i, "chunking"), to(way, i, "plain"));
        byte[] message = SAMPLES.get(i).bytes();
        switch (way) {
            case DATA ->
                assertThat(submit.data(MAILBOX, to, message))
                        .as(SAMPLES.get(i).name())
                        .startsWith("250");
            case BDAT ->
                assertThat(submit.bdat(MAILBOX, to, message))
                        .as(SAMPLES.get(i).name())
                        .startsWith("250");
            case FOLDER -> submit.file(i + ".eml", MAILBOX, to, message);
            case JMS -> submit.jms(Submit.bytes(MAILBOX, to, message));
        }
    }

    private static String to(Way way, int i, String where) {
        return way + "-" + i + "@" + where + ".example";
    }

    private static Map<String, byte[]> bytes(List<SmtpSink.Message> messages) {
        Map<String, byte[]> byRecipient = new HashMap<>();
        messages.forEach(m -> byRecipient.put(m.rcpt().get(0), m.bytes()));
        return byRecipient;
    }

    /** @param ended true where DATA was used on the way, which cannot carry a message without a final CRLF */
    private static void compare(SoftAssertions softly, String what, byte[] original, byte[] got, boolean ended) {
        softly.assertThat(got).as(what).isNotNull();
        if (got == null) {
            return;
        }
        String expected = expected(original);
        String text = new String(got, StandardCharsets.ISO_8859_1);
        if (ended && !expected.endsWith("\r\n")) {
            expected += "\r\n";
            text = text.endsWith("\r\n") ? text : text + "\r\n";
        }
        softly.assertThat(text.endsWith(expected))
                .as(what + " ends with the original")
                .isTrue();
        if (text.endsWith(expected)) {
            softly.assertThat(text.substring(0, text.length() - expected.length()))
                    .as(what + " has our trace fields in front")
                    .matches(TRACE);
        }
    }

    private static String expected(byte[] original) {
        String text = new String(original, StandardCharsets.ISO_8859_1);
        int end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n") + 2;
        String header = end < 2 ? text : text.substring(0, end);
        return REMOVED.matcher(header).replaceAll("") + text.substring(header.length());
    }
}
