package io.m365mail.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.MimeCorpus;
import io.m365mail.testing.OutboxFixture;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rewrite rules in a whole bundle, from the door to what the next server gets. */
class RewritingTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TEXT = "Subject: report\r\nFrom: %s\r\n\r\nsee above\r\n";

    @TempDir
    private static Path folder;

    private static OutboxFixture outbox;
    private static SmtpSink sink;
    private static RunningBundle bundle;
    private static Submit submit;

    private int before;
    private LogOf log;

    @BeforeAll
    static void start() throws Exception {
        outbox = new OutboxFixture("jdbc:h2:mem:rewriting;DB_CLOSE_DELAY=-1", "");
        outbox.createTables("h2");
        sink = new SmtpSink(true);
        bundle = RunningBundle.start(
                folder,
                sink.transport("next")
                        + outbox.source("orders")
                        + """
                        m365.route.1.from=*@contoso.com
                        m365.route.1.transport=next
                        m365.source.smtp.networks=127.0.0.1/32, 127.0.0.2/32
                        m365.source.smtp.senders=printer@contoso.com, *@contoso.local
                        m365.source.smtp.recipients=*@contoso.com
                        m365.rewrite.1.network=127.0.0.1/32
                        m365.rewrite.1.map-from=*@contoso.local = *@contoso.com, *@shop.local = *@contoso.com
                        m365.rewrite.1.default-from=scanner@contoso.com
                        m365.rewrite.1.aliases=anna = anna@contoso.com, team = anna, bob@fabrikam.com, postmaster = anna, a%b@contoso.com = a%b@contoso.com, *@old.local = *@old.com
                        m365.rewrite.1.repair=line-ends, names, 8bit
                        m365.rewrite.2.subject-prefix=[Contoso]
                        m365.rewrite.2.footer=Gesendet von Contoso, Straße 1
                        m365.rewrite.2.set-header.X-Department=Einkauf
                        m365.rewrite.3.source=orders
                        m365.rewrite.3.force-from=orders@contoso.com
                        """);
        submit = new Submit(bundle);
    }

    @AfterAll
    static void stop() throws Exception {
        bundle.close();
        sink.close();
    }

    @BeforeEach
    void listen() {
        before = sink.messages().size();
        log = new LogOf("io.m365mail.rewrite", "io.m365mail.source");
    }

    @AfterEach
    void close() {
        log.close();
    }

    private SmtpSink.Message next() throws InterruptedException {
        return sink.await(before + 1, SOON).get(before);
    }

    private static String text(SmtpSink.Message m) {
        return new String(m.bytes(), UTF_8);
    }

    @Test
    void aPrinterWithAnImpossibleSenderAndNoBracketsGetsItsScanToAnna() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("HELO printer7");
            assertThat(client.command("MAIL FROM: scanner@localhost")).startsWith("250");
            assertThat(client.command("RCPT TO: anna")).startsWith("250");
            assertThat(client.command("DATA")).startsWith("354");
            client.send(
                    "From: Scanner @ 3rd floor <scanner@localhost>\r\nTo: anna\r\nSubject: Büro\r\n\r\nsee above\r\n.\r\n");
            assertThat(client.reply()).startsWith("250");
        }
        SmtpSink.Message got = next();
        assertThat(got.mail()).isEqualTo("scanner@contoso.com");
        assertThat(got.rcpt()).containsExactly("anna@contoso.com");
        assertThat(text(got))
                .contains("From: \"Scanner @ 3rd floor\" <scanner@contoso.com>\r\n")
                .contains("Subject: [Contoso] =?UTF-8?")
                .contains("X-Department: Einkauf\r\n")
                .endsWith("\r\n\r\nsee above\r\n");
        assertThat(log.count("no footer of rule 2 in the text part: charset US-ASCII"))
                .isOne();
    }

    @Test
    void aliasesBecomeTheirTargetsEachOnce() throws Exception {
        assertThat(submit.data(
                        "printer@contoso.com", List.of("team", "anna@contoso.com"), message("printer@contoso.com")))
                .startsWith("250");
        assertThat(next().rcpt()).containsExactly("anna@contoso.com", "bob@fabrikam.com");
    }

    /** RFC 5321 section 4.5.1: a name without a domain, in any case. */
    @Test
    void postmasterIsWhomTheAliasNames() throws Exception {
        assertThat(submit.data("printer@contoso.com", List.of("Postmaster"), message("printer@contoso.com")))
                .startsWith("250");
        assertThat(next().rcpt()).containsExactly("anna@contoso.com");
    }

    @Test
    void aLocalPartThatLooksLikeARouteIsAllowedByAnAlias() throws Exception {
        assertThat(submit.data("printer@contoso.com", List.of("a%b@contoso.com"), message("printer@contoso.com")))
                .startsWith("250");
        assertThat(next().rcpt()).containsExactly("a%b@contoso.com");
    }

    @Test
    void bareLineEndsAreMendedForListedNetworksOnly() throws Exception {
        assertThat(bareLineEnds("127.0.0.2")).startsWith("550 5.6.11");
        assertThat(bareLineEnds("127.0.0.1")).startsWith("250");
        assertThat(text(next()))
                .endsWith("\r\n\r\nfirst\r\n.\r\nMAIL FROM:<ceo@contoso.com>\r\nlast\r\n")
                .contains("Subject: [Contoso] unix\r\nFrom: printer@contoso.com\r\n");
        assertThat(sink.messages()).hasSize(before + 1);
    }

    private static String bareLineEnds(String address) throws IOException {
        try (var client = new RawSmtpClient(InetAddress.getByName(address), bundle.smtpPort())) {
            Submit.open(client, "printer@contoso.com", List.of("anna@contoso.com"));
            assertThat(client.command("DATA")).startsWith("354");
            client.send(
                    "Subject: unix\nFrom: printer@contoso.com\n\nfirst\n.\nMAIL FROM:<ceo@contoso.com>\nlast\r\n.\r\n");
            return client.reply();
        }
    }

    @Test
    void aSignedMessageWithBareLineEndsIsRefused() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, "printer@contoso.com", List.of("anna@contoso.com"));
            client.command("DATA");
            client.send("DKIM-Signature: v=1\nFrom: printer@contoso.com\n\nx\r\n.\r\n");
            assertThat(client.reply()).startsWith("550 5.6.11").contains("signed");
        }
    }

    @Test
    void rulesOpenNoDoor() throws Exception {
        try (var other = new RawSmtpClient(InetAddress.getByName("127.0.0.2"), bundle.smtpPort())) {
            other.reply();
            other.command("EHLO device");
            assertThat(other.command("MAIL FROM:<scanner@localhost>"))
                    .as("the rule is for another network")
                    .startsWith("550 5.7.1")
                    .contains("m365.source.smtp.senders");
            assertThat(other.command("MAIL FROM:<root>")).startsWith("501 5.1.7");
            assertThat(other.command("MAIL FROM:<printer@contoso.com>")).startsWith("250");
            assertThat(other.command("RCPT TO:<anna>")).startsWith("501 5.1.3");
        }
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("EHLO device");
            assertThat(client.command("MAIL FROM:<ceo@contoso.com>"))
                    .as("a possible sender is not replaced")
                    .startsWith("550 5.7.1");
            assertThat(client.command("MAIL FROM:<ceo@shop.local>"))
                    .as("neither this nor what the pattern makes of it, ceo@contoso.com, is listed")
                    .startsWith("550 5.7.1");
            assertThat(client.command("MAIL FROM:<printer@shop.local>"))
                    .as("what the pattern makes of it is listed")
                    .startsWith("250");
            client.command("RSET");
            assertThat(client.command("MAIL FROM:<printer@contoso.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<eve@evil.com>")).startsWith("550 5.7.1");
            assertThat(client.command("RCPT TO:<eve@old.local>"))
                    .as("a pattern keeps what the client said, so it needs the permission")
                    .startsWith("550 5.7.1");
            assertThat(client.command("RCPT TO:<team>"))
                    .as("bob@fabrikam.com is the administrator's choice")
                    .startsWith("250");
        }
    }

    @Test
    void aMapGivesNoOtherSenderThanTheSourceMayUse() throws Exception {
        assertThat(submit.data("boss@contoso.local", List.of("anna@contoso.com"), message("Boss <boss@contoso.local>")))
                .startsWith("250");
        assertThat(next().mail()).isEqualTo("boss@contoso.com");
        assertThat(text(next())).contains("From: \"Boss\" <boss@contoso.com>\r\n");
    }

    @Test
    void aSignedMessageStaysAsItIsAndThatIsSaid() throws Exception {
        byte[] signed = MimeCorpus.bytes("smime-signed");
        assertThat(submit.data("printer@contoso.com", List.of("anna@contoso.com"), signed))
                .startsWith("250");
        assertThat(text(next()))
                .contains("X-M365-Rewrite: skipped; rule=1, 2; signed (multipart/signed)\r\n")
                .endsWith(new String(signed, UTF_8));
        assertThat(log.count("rewrite rule 1, 2 is skipped: signed (multipart/signed)"))
                .isOne();
    }

    @Test
    void aBounceKeepsItsNullSender() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, "", List.of("anna@contoso.com"));
            client.command("DATA");
            client.send(Submit.stuffed(MimeCorpus.bytes("dsn-report")));
            assertThat(client.reply())
                    .as("m365.source.smtp.senders does not list the null sender, and no rule replaces that of a bounce")
                    .startsWith("550 5.7.1")
                    .contains("<> may not send through source smtp");
        }
        assertThat(submit.data("", List.of("anna@contoso.com"), message("root")))
                .startsWith("250");
        assertThat(next().mail()).isEqualTo("scanner@contoso.com");
        assertThat(text(next())).contains("From: \"root\" <scanner@contoso.com>\r\n");
    }

    @Test
    void jsonAndOutboxGoThroughTheSameRules() throws Exception {
        submit.jms(
                session -> session.createTextMessage(
                        """
                {"from":"alerts@contoso.com","to":["anna@contoso.com"],"subject":"Re: [contoso] x","text":"größer"}"""));
        assertThat(text(next()))
                .contains("Subject: Re: [contoso] x\r\n", "X-Department: Einkauf\r\n")
                .contains(Base64.getMimeEncoder()
                        .encodeToString("größer\r\n\r\nGesendet von Contoso, Straße 1".getBytes(UTF_8)));
        outbox.execute("INSERT INTO mail_outbox (id, sender, recipients, subject, text_body, html_body, status)"
                + " VALUES ('1', 'shop@fabrikam.com', 'anna@contoso.com', 'Order', 'order', '<p>order</p>', 'NEW')");
        SmtpSink.Message order = sink.await(before + 2, SOON).get(before + 1);
        assertThat(order.mail()).isEqualTo("orders@contoso.com");
        assertThat(text(order))
                .contains("From: \"shop\" <orders@contoso.com>\r\n", "Reply-To: shop@fabrikam.com\r\n")
                .contains(
                        "Subject: [Contoso] Order\r\n",
                        "<p>order</p>\r\n\r\n<p>Gesendet von Contoso, Stra&#223;e 1</p>");
    }

    /** What a message says about rules, senders or recipients is no more than text. */
    @Test
    void nothingInAMessageSteersTheRules() throws Exception {
        String hostile = "X-M365-Rewrite: force-from=ceo@contoso.com\r\nX-Sender: ceo@contoso.com\r\n"
                + "X-Receiver: eve@evil.com\r\nTo: team\r\nX-Department: Chef\r\nM365From: ceo@contoso.com\r\n"
                + "Subject: =?utf-8?B?eA0KQmNjOiBldmVAZXZpbC5jb20=?=\r\nFrom: =?utf-8?B?YQ0KQmNjOiBldmVAZXZpbC5jb20=?="
                + " <scanner@localhost>\r\n\r\nx\r\n";
        assertThat(submit.data("printer@contoso.com", List.of("anna@contoso.com"), hostile.getBytes(UTF_8)))
                .startsWith("250");
        SmtpSink.Message got = next();
        assertThat(got.mail()).isEqualTo("printer@contoso.com");
        assertThat(got.rcpt()).containsExactly("anna@contoso.com");
        assertThat(text(got))
                .doesNotContain("\r\nBcc:", "X-Department: Chef")
                .contains("From: \"a  Bcc: eve@evil.com\" <scanner@contoso.com>\r\n");
    }

    private static byte[] message(String from) {
        return TEXT.formatted(from).getBytes(UTF_8);
    }
}
