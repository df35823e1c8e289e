package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static io.m365mail.sandbox.SandboxFixture.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session with the submission endpoint, command by command, against reference section 3. */
class SubmissionSessionTest {
    private final SandboxClock clock = new SandboxClock();
    private Sandbox sandbox;
    private SandboxMailbox alerts;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(clock);
        alerts = sandbox.mailbox(ALERTS, PASSWORD);
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    @Test
    void greetsAndOffersWhatExchangeOnlineDoesBeforeTls() throws Exception {
        try (var client = SmtpTestClient.plain(sandbox)) {
            assertThat(client.greeting())
                    .matches("220 \\S+\\.outlook\\.office365\\.com Microsoft ESMTP MAIL Service ready at"
                            + " Sun, 22 Nov 2026 08:00:00 \\+0000 \\[[0-9A-F]{16}]");
            assertThat(client.command("EHLO client.contoso.com").split("\n")[0])
                    .matches("250-\\S+\\.outlook\\.office365\\.com Hello \\[127\\.0\\.0\\.1]");
            assertThat(client.command("EHLO client.contoso.com").split("\n"))
                    .endsWith(
                            "250-SIZE 157286400",
                            "250-PIPELINING",
                            "250-DSN",
                            "250-ENHANCEDSTATUSCODES",
                            "250-STARTTLS",
                            "250-8BITMIME",
                            "250-BINARYMIME",
                            "250-CHUNKING",
                            "250 SMTPUTF8");
        }
    }

    @Test
    void offersLoginAndTokensUnderTls() throws Exception {
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.command("EHLO client.contoso.com"))
                    .contains("\n250-AUTH LOGIN XOAUTH2\n")
                    .doesNotContain("STARTTLS")
                    .contains("\n250-BINARYMIME\n250-CHUNKING\n250 SMTPUTF8");
        }
    }

    @Test
    void wantsTlsThenAuthBeforeMail() throws Exception {
        try (var client = SmtpTestClient.plain(sandbox)) {
            client.command("EHLO client.contoso.com");
            assertThat(client.command("MAIL FROM:<" + ALERTS + ">"))
                    .isEqualTo("451 5.7.3 STARTTLS is required to send mail");
            client.startTls();
            assertThat(client.command("MAIL FROM:<" + ALERTS + ">")).isEqualTo("503 5.5.2 Send hello first");
            client.command("EHLO client.contoso.com");
            assertThat(client.command("MAIL FROM:<" + ALERTS + ">"))
                    .matches("530 5\\.7\\.57 Client not authenticated to send mail\\."
                            + " \\[\\S+ 2026-11-22T08:00:00Z [0-9A-F]{16}]");
        }
    }

    @Test
    void refusesAHelloNameWithAnUnderscore() throws Exception {
        try (var client = SmtpTestClient.plain(sandbox)) {
            assertThat(client.command("EHLO my_host")).isEqualTo("501 5.5.4 Invalid domain name");
            assertThat(client.command("EHLO [127.0.0.1]")).startsWith("250-");
        }
    }

    @Test
    void takesAMessageAndRecordsIt() throws Exception {
        String message =
                "From: Alerts <" + ALERTS + ">\r\nMessage-ID: <m1@contoso.com>\r\nX-M365-Id: id-1\r\n\r\nHi\r\n";
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.command("MAIL FROM:<" + ALERTS + "> SIZE=100")).isEqualTo("250 2.1.0 Sender OK");
            clock.advance(Duration.ofSeconds(1));
            assertThat(client.command("RCPT TO:<a@fabrikam.com>")).isEqualTo("250 2.1.5 Recipient OK");
            assertThat(client.command("DATA")).isEqualTo("354 Start mail input; end with <CRLF>.<CRLF>");
            assertThat(client.command(message + ".")).matches("250 2\\.0\\.0 OK <m1@contoso\\.com> \\[Hostname=\\S+]");
            assertThat(client.command("QUIT")).isEqualTo("221 2.0.0 Service closing transmission channel");
        }
        ReceivedMessage got =
                sandbox.log().awaitReceived(1, Duration.ofSeconds(5)).get(0);
        assertThat(got.mailbox()).isEqualTo(ALERTS);
        assertThat(got.from()).isEqualTo(ALERTS);
        assertThat(got.recipients()).containsExactly("a@fabrikam.com");
        assertThat(got.size()).isEqualTo(message.length());
        assertThat(new String(got.content().orElseThrow().toBytes())).isEqualTo(message);
        assertThat(got.sha256()).isEqualTo(sha256(message));
        assertThat(got.identity()).isEqualTo("id-1");
        assertThat(Duration.between(got.mailAt(), got.dataAt())).isEqualTo(Duration.ofSeconds(1));
        assertThat(got.repliedAt()).isEqualTo(got.dataAt());
    }

    @Test
    void refusesSendersThatTheMailboxMayNotUse() throws Exception {
        alerts.sendAs("noreply@contoso.com");
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.send("noreply@contoso.com", "a@fabrikam.com")).startsWith("250 2.0.0 OK");
            assertThat(client.send("boss@contoso.com", "a@fabrikam.com"))
                    .startsWith("554 5.2.252 SendAsDenied; alerts@contoso.com not allowed to send as boss@contoso.com;"
                            + " STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied;");
            assertThat(client.sendMessage("", "From: " + ALERTS + "\r\n\r\nx\r\n", "a@fabrikam.com"))
                    .startsWith("554 5.2.252 SendAsDenied; alerts@contoso.com not allowed to send as <>;");
            String other = "From: boss@contoso.com\r\n\r\nx\r\n";
            assertThat(client.sendMessage(ALERTS, other, "a@fabrikam.com")).startsWith("554 5.2.252 SendAsDenied");
            sandbox.olderSendAsWords(true);
            assertThat(client.sendMessage(ALERTS, other, "a@fabrikam.com"))
                    .isEqualTo("550 5.7.60 SMTP; Client does not have permissions to send as this sender");
            alerts.noSendAs();
            assertThat(client.send("noreply@contoso.com", "a@fabrikam.com")).startsWith("550 5.7.60");
        }
        assertThat(sandbox.log().receivedCount()).isEqualTo(1);
    }

    @Test
    void isStrictAboutTheFromField() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.sendMessage(ALERTS, "Subject: x\r\n\r\nx\r\n", "a@fabrikam.com"))
                    .startsWith("550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant");
            assertThat(client.sendMessage(ALERTS, "From: Alerts " + ALERTS + "\r\n\r\nx\r\n", "a@fabrikam.com"))
                    .startsWith("550 5.7.512");
            String two = "From: " + ALERTS + ", " + ALERTS + "\r\n";
            assertThat(client.sendMessage(ALERTS, two + "\r\nx\r\n", "a@fabrikam.com"))
                    .isEqualTo("550 5.1.20 Multiple From addresses are not allowed without Sender address");
            assertThat(client.sendMessage(ALERTS, two + "Sender: " + ALERTS + "\r\n\r\nx\r\n", "a@fabrikam.com"))
                    .startsWith("250");
        }
    }

    @Test
    void refusesBareLineFeeds() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.sendMessage(ALERTS, "From: " + ALERTS + "\r\n\r\na\nb\r\n", "a@fabrikam.com"))
                    .startsWith("550 5.6.11 Invalid characters");
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        }
    }

    @Test
    void refusesWhatIsTooLarge() throws Exception {
        sandbox.limits(SandboxLimits.exchangeOnline().withSizes(2000, 500));
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.command("MAIL FROM:<" + ALERTS + "> SIZE=2001")).startsWith("552 5.3.4 Message size");
            String from = "From: " + ALERTS + "\r\n";
            assertThat(client.sendMessage(
                            ALERTS,
                            from + "\r\n" + "x".repeat(900) + "\r\n" + "x".repeat(900) + "\r\n" + "x".repeat(300)
                                    + "\r\n",
                            "a@fabrikam.com"))
                    .startsWith("552 5.3.4 Message size exceeds");
            assertThat(client.sendMessage(
                            ALERTS, from + "X-Long: " + "x".repeat(500) + "\r\n\r\nx\r\n", "a@fabrikam.com"))
                    .isEqualTo("552 5.3.4 Header size exceeds fixed maximum size");
            assertThat(client.sendMessage(ALERTS, from + "\r\n" + "x".repeat(900) + "\r\n", "a@fabrikam.com"))
                    .startsWith("250");
        }
    }

    @Test
    void blockedAndFullMailboxesSendNothing() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            alerts.blocked(true);
            assertThat(client.send(ALERTS, "a@fabrikam.com"))
                    .isEqualTo("550 5.1.8 Access denied, bad outbound sender. AS(42004)");
            alerts.blocked(false).full(true);
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("554 5.2.2 mailbox full; STOREDRV.Submission");
            alerts.full(false);
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        }
    }

    @Test
    void severalSandboxesRunBesideEachOtherAndFreeTheirPorts() throws Exception {
        int port;
        try (Sandbox other = SandboxFixture.start(clock);
                var client = SandboxFixture.logIn(other)) {
            port = other.submissionPort();
            assertThat(port).isNotEqualTo(sandbox.submissionPort());
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        }
        assertThat(sandbox.log().receivedCount()).isZero();
        try (Sandbox again = SandboxFixture.withMailbox(
                        SandboxFixture.builder(clock).ports(port, 0).build())
                .start()) {
            assertThat(again.submissionPort()).isEqualTo(port);
        }
    }

    private static String sha256(String text) throws Exception {
        byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(text.getBytes());
        return java.util.HexFormat.of().formatHex(hash);
    }
}
