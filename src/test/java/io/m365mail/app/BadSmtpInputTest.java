package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.RawSmtpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Broken input over SMTP against a whole bundle: it gets its answer, and the sources go on. */
class BadSmtpInputTest extends BadInput {
    @Test
    void smtpClientsThatBreakTheRules() throws Exception {
        for (String nonsense : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "\u0000\u0001\u001b[31m\r\n",
                "EHLO \u001b[31mevil\r\nMAIL FROM:<a\u001b@contoso.com>\r\nRCPT TO:<b\tc@contoso.com>\r\nDATA\r\n",
                "EHLO x\r\nAUTH PLAIN AGEKYgBj\r\nAUTH LOGIN\r\n\r\n",
                "\r\n".repeat(100))) {
            try (var client = new RawSmtpClient(bundle.smtpPort())) {
                client.reply();
                client.send(nonsense + "QUIT\r\n");
                for (String reply = client.reply(); reply != null; reply = client.reply()) {
                    assertThat(reply)
                            .matches("(?s)(2|5|421).*")
                            .doesNotContain("\u001b")
                            .doesNotStartWith("354");
                }
            }
        }
        for (String fake : List.of("\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "a\nb", "a\rb")) {
            try (var client = new RawSmtpClient(bundle.smtpPort())) {
                Submit.open(client, FROM, TO);
                client.command("DATA");
                client.send("Subject: x\r\n\r\nfirst" + fake
                        + "MAIL FROM:<smuggled@contoso.com>\r\nRCPT TO:<x@y.example>\r\n"
                        + "DATA\r\nSubject: smuggled\r\n\r\n\r\n.\r\n");
                assertThat(client.reply())
                        .as("%s", fake.chars().boxed().toList())
                        .matches("5\\d\\d (?s).*");
            }
        }
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, FROM, TO);
            client.command("DATA");
            client.send("Subject: half\r\n\r\nhalf a mess");
            client.reset();
        }
        assertThat(right.messages()).isEmpty();
        assertAlive();
        assertThat(bundle.get("/api/dead")).contains("\"total\":0");
    }

    @Test
    void tenMegabytesInOneLineAreTakenOrRefusedWhole() throws Exception {
        byte[] line = new byte[10 << 20];
        java.util.Arrays.fill(line, (byte) 'x');
        byte[] head = "Subject: long\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        byte[] message = java.util.Arrays.copyOf(head, head.length + line.length);
        System.arraycopy(line, 0, message, head.length, line.length);
        String reply = submit.data(FROM, TO, message);
        if (reply.startsWith("250")) {
            assertThat(right.await(1, SOON).get(0).bodySize()).isBetween((long) line.length, line.length + 2L);
        } else {
            assertThat(reply).startsWith("5");
        }
        assertAlive();
    }

    @Test
    void aHundredThousandRecipients() throws Exception {
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, FROM, List.of());
            int accepted = 0;
            for (int block = 0; block < 100; block++) {
                var commands = new StringBuilder();
                for (int i = 0; i < 1000; i++) {
                    commands.append("RCPT TO:<r").append(block * 1000 + i).append("@fabrikam.com>\r\n");
                }
                client.send(commands.toString());
                for (int i = 0; i < 1000; i++) {
                    String reply = client.reply();
                    accepted += reply.startsWith("250") ? 1 : 0;
                    assertThat(reply).matches("(250|452) .*");
                }
            }
            assertThat(accepted).isEqualTo(1000);
            assertThat(client.command("DATA")).startsWith("354");
            client.send(GOOD);
            assertThat(client.command(".")).startsWith("250");
        }
        assertThat(right.await(10, SOON).stream().mapToInt(m -> m.rcpt().size()).sum())
                .isEqualTo(1000);
        assertAlive();
    }
}
