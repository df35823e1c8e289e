package io.m365mail.source.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.app.LogOf;
import io.m365mail.mail.Submission;
import io.m365mail.testing.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SMTP source over real sockets: who may submit, what the route gets, and what the client hears. */
class SmtpSourceTest extends SmtpSourceRoute {
    @Test
    void aSubmissionIsWhatTheEnvelopeAndTheBytesSay() throws Exception {
        SmtpSourceConsumer source = source("");
        try (var client = connect(source)) {
            client.send("MAIL FROM:<alerts@contoso.com> RET=HDRS ENVID=e1 BODY=8BITMIME\r\n"
                    + "RCPT TO:<b@contoso.com> NOTIFY=NEVER\r\nRCPT TO:<c@fabrikam.com>\r\nDATA\r\n");
            for (String start : List.of("250", "250", "250", "354")) {
                assertThat(client.reply()).startsWith(start);
            }
            client.send(
                    "To: other@example.com\r\nCamelFileName: ../../etc/passwd\r\ncamelHttpUri: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
            assertThat(client.reply()).isEqualTo("250 2.6.0 <id-0> Queued mail for delivery");
            assertThat(client.reply()).startsWith("221");
        }
        Submission s = taken.get(0);
        assertThat(s.source()).isEqualTo("office");
        assertThat(s.envelope().from()).isEqualTo("alerts@contoso.com");
        assertThat(s.envelope().recipients()).extracting("address").containsExactly("b@contoso.com", "c@fabrikam.com");
        assertThat(s.envelope().recipients().get(0).dsn()).isEqualTo("NEVER");
        assertThat(s.envelope())
                .extracting("ret", "envid", "eightBit", "smtpUtf8")
                .containsExactly("HDRS", "e1", true, false);
        assertThat(s.receivedFrom()).isEqualTo("printer7 ([127.0.0.1]) with ESMTP");
        assertThat(new String(s.content().toBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(
                        "To: other@example.com\r\nCamelFileName: ../../etc/passwd\r\ncamelHttpUri: x\r\n\r\n.dot\r\n");
        assertThat(headers.get(0)).isEmpty();
    }

    @Test
    void theRoutesWordIsTheReply() throws Exception {
        SmtpSourceConsumer source = source("");
        try (var client = connect(source)) {
            assertThat(send(client, "refused@contoso.com", "x")).isEqualTo("554 5.6.0 The route does not like it");
            assertThat(send(client, "norelay@contoso.com", "x")).isEqualTo("550 5.7.1 no transport");
            assertThat(send(client, "broken@contoso.com", "x"))
                    .isEqualTo("452 4.3.1 The message could not be stored, try again later");
            assertThat(taken).isEmpty();
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250 2.6.0 <id-0>");
        }
    }

    @Test
    void aMessageAboveOneMegabyteArrivesWhole() throws Exception {
        SmtpSourceConsumer source = source("");
        String line = "0123456789".repeat(7) + "\r\n";
        String text = line.repeat(60_000);
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", text.substring(0, text.length() - 2)))
                    .startsWith("250 2.6.0");
        }
        assertThat(taken.get(0).content().toBytes()).isEqualTo(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void strangersAreRefusedWithAReason() throws Exception {
        SmtpSourceConsumer source = source("&networks=127.0.0.1/32");
        try (var inside = connect(source);
                var outside = connect("127.9.9.9", source)) {
            assertThat(outside.command("MAIL FROM:<a@contoso.com>"))
                    .isEqualTo("550 5.7.1 127.9.9.9 is not in the networks of source office;"
                            + " ask the administrator to add it");
            assertThat(outside.command("RCPT TO:<b@contoso.com>")).startsWith("503");
            assertThat(send(inside, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void theMailLogHasEachRefusalOnceAndNoSecret() throws Exception {
        SmtpSourceConsumer source = source("&senders=*@contoso.com");
        try (var log = new LogOf("m365.mail", "io.m365mail.source", "io.m365mail.smtp");
                var client = connect(source)) {
            client.command("AUTH LOGIN");
            client.command("c2VjcmV0LW5hbWU=");
            client.command("AUTH PLAIN AGEAc2VjcmV0");
            client.command("MAIL FROM:<x@evil.test>");
            client.command("MAIL FROM:<a@contoso.com>");
            client.command("RCPT TO:<b\u2028faked@contoso.com>");
            client.command("RCPT TO:<b@contoso.com>");
            client.command("DATA");
            client.command("a bare\nline feed\r\n.");
            String who = "INFO office: printer7 [127.0.0.1] is refused at ";
            assertThat(log.lines()).hasSize(6);
            assertThat(log.lines().get(0)).startsWith(who + "AUTH: 504");
            assertThat(log.lines().get(1)).startsWith(who + "another command: 500");
            assertThat(log.lines().get(2)).startsWith(who + "AUTH: 504");
            assertThat(log.lines().get(3)).startsWith(who + "MAIL FROM:<x@evil.test> from <x@evil.test>: 550 5.7.1");
            assertThat(log.lines().get(4)).startsWith(who + "RCPT TO:<b faked@contoso.com> from <a@contoso.com>: 5");
            assertThat(log.lines().get(5)).startsWith(who + "DATA from <a@contoso.com>: 550 5.6.11");
            assertThat(log.lines()).noneMatch(l -> l.contains("c2VjcmV0"));
        }
    }

    @Test
    void sendersAndRecipientsArePatterns() throws Exception {
        SmtpSourceConsumer source = source("&senders=*@contoso.com&recipients=contoso.com,help@fabrikam.com");
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@evil.test>"))
                    .startsWith("550 5.7.1 <a@evil.test> may not send")
                    .contains("m365.source.office.senders");
            assertThat(client.command("MAIL FROM:<>")).startsWith("550 5.7.1 <> may not send");
            assertThat(client.command("MAIL FROM:<A@Contoso.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<x@fabrikam.com>"))
                    .startsWith("550 5.7.1 mail to <x@fabrikam.com>")
                    .contains("m365.source.office.recipients");
            assertThat(client.command("RCPT TO:<help@fabrikam.com>")).startsWith("250");
        }
    }

    /** An old server may take the local part for a route, and send the mail on to anywhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x%fabrikam.com@contoso.com",
                "fabrikam.com!x@contoso.com",
                "\"x@fabrikam.com\"@contoso.com",
                "\"x\\@fabrikam.com\"@contoso.com",
                "@relay.contoso.com:x%fabrikam.com@contoso.com"
            })
    void noLocalPartRoutesPastTheRecipients(String route) throws Exception {
        for (String setting : List.of("", "&recipients=contoso.com")) {
            SmtpSourceConsumer source = source(setting);
            try (var client = connect(source)) {
                client.command("MAIL FROM:<a@contoso.com>");
                assertThat(client.command("RCPT TO:<" + route + ">"))
                        .startsWith(
                                "553 5.1.3 <" + route.substring(route.indexOf(':') + 1) + "> has a %, ! or quoted @")
                        .endsWith("(m365.rewrite.<n>.aliases)");
                assertThat(client.command("RCPT TO:<\"b c\"@contoso.com>")).startsWith("250");
            }
        }
    }

    @Test
    void aClientThatSaysHeloIsTracedWithSmtp() throws Exception {
        SmtpSourceConsumer source = source("");
        try (var client = connect(source)) {
            client.command("HELO old-fax");
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
        assertThat(taken.get(0).receivedFrom()).isEqualTo("old-fax ([127.0.0.1]) with SMTP");
    }

    @Test
    void whatNothingCanCarryIsRefusedAtRcpt() throws Exception {
        RecipientCheck check = (from, to, name) ->
                to.endsWith("@nowhere.test") ? "no transport carries " + to + " for source " + name : null;
        SmtpSourceConsumer source = source("&recipientCheck=#check", Map.of("check", check));
        try (var client = connect(source)) {
            client.command("MAIL FROM:<a@contoso.com>");
            assertThat(client.command("RCPT TO:<x@nowhere.test>"))
                    .isEqualTo("550 5.7.1 no transport carries x@nowhere.test for source office");
            assertThat(client.command("RCPT TO:<b@contoso.com>")).startsWith("250");
        }
    }

    @Test
    void withDeadLettersNothingIsAskedAtRcpt() throws Exception {
        RecipientCheck check = (from, to, name) -> "never";
        SmtpSourceConsumer source = source("&recipientCheck=#check&refuse=dead-letter", Map.of("check", check));
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void rateIsForEachClient() throws Exception {
        SmtpSourceConsumer source = source("&rate=2");
        try (var client = connect(source);
                var other = connect("127.0.0.2", source)) {
            assertThat(send(client, "a@contoso.com", "1")).startsWith("250");
            assertThat(send(client, "a@contoso.com", "2")).startsWith("250");
            assertThat(client.command("MAIL FROM:<a@contoso.com>"))
                    .matches("450 4.7.1 More than 2 messages a minute .*m365.source.office.rate.*in [1-6]?\\d seconds");
            assertThat(send(other, "a@contoso.com", "3")).startsWith("250");
        }
        assertThat(taken).hasSize(3);
    }

    @Test
    void loginsCountUnderTlsOnly() throws Exception {
        Path keys = TestCertificates.keyStore(temp, "relay.contoso.com");
        SmtpSourceConsumer source = source("&networks=10.0.0.0/8&tls=starttls&users=line7:RAW(s3cret)&keyStore=" + keys
                + "&keyStorePassword=" + TestCertificates.PASSWORD);
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@contoso.com>")).contains("authenticate or ask");
            assertThat(client.command("AUTH PLAIN " + plain("line7", "RAW(s3cret)")))
                    .startsWith("538 5.7.11");
            client.command("STARTTLS");
            client.startTls(TestCertificates.context(null, keys));
            assertThat(client.command("EHLO line7.plant")).contains("250-AUTH LOGIN PLAIN");
            long start = System.nanoTime();
            assertThat(client.command("AUTH PLAIN " + plain("line7", "wrong"))).startsWith("535 5.7.8");
            assertThat(client.command("AUTH PLAIN " + plain("nobody", "s3cret")))
                    .startsWith("535 5.7.8");
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1900));
            assertThat(client.command("AUTH PLAIN " + plain("line7", "RAW(s3cret)")))
                    .startsWith("235");
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
        assertThat(taken.get(0).receivedFrom()).isEqualTo("line7.plant ([127.0.0.1]) with ESMTPSA");
    }

    private static String plain(String user, String password) {
        return Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }
}
