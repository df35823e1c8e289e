package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.InFlightBudget;
import io.m365mail.testing.RawSmtpClient;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections, recipients, memory and disk: where each ends, and what the client is told. */
class SmtpServerLimitsTest {
    @RegisterExtension
    private final ServerListener listener = new ServerListener();

    @Test
    void aHundredThousandRecipients() throws Exception {
        listener.start(listener.options(10, Duration.ofMinutes(1), 10_000_000, 100_000), listener.handler);
        try (var client = new RawSmtpClient(listener.server.port())) {
            ServerListener.hello(client);
            client.command("MAIL FROM:<a@contoso.com>");
            for (int i = 0; i < 100_000; i += 1000) {
                var batch = new StringBuilder();
                for (int k = i; k < i + 1000; k++) {
                    batch.append("RCPT TO:<user").append(k).append("@contoso.com>\r\n");
                }
                client.send(batch.toString());
                for (int k = 0; k < 1000; k++) {
                    assertThat(client.line()).startsWith("250 2.1.5");
                }
            }
            assertThat(client.command("RCPT TO:<one-more@contoso.com>")).startsWith("452 4.5.3");
            assertThat(client.command("DATA")).startsWith("354");
            assertThat(client.command("x\r\n.")).startsWith("250 2.6.0");
        }
        assertThat(listener.handler.received.get(0).recipients()).hasSize(100_000);
        assertThat(listener.handler.received.get(0).recipients().get(99_999).address())
                .isEqualTo("user99999@contoso.com");
    }

    @Test
    void anUnwritableSpoolIs452AndTheNextMessageIsTaken() throws Exception {
        Files.writeString(listener.temp.resolve("spool"), "a file where the folder should be");
        listener.start(listener.options(10, Duration.ofMinutes(1), 20_000_000), listener.handler);
        try (var client = listener.dataPhase()) {
            client.send(new byte[3_000_000]);
            client.send("\r\n.\r\n");
            assertThat(client.reply()).startsWith("452 4.3.1");
            client.command("MAIL FROM:<a@contoso.com>");
            client.command("RCPT TO:<b@contoso.com>");
            assertThat(client.command("DATA")).startsWith("354");
            assertThat(client.command("small\r\n.")).startsWith("250 2.6.0");
        }
    }

    @Test
    void connectionsAreCounted() throws Exception {
        listener.start(
                listener.options(3, Duration.ofMinutes(1), 1000),
                listener.handler,
                listener.limits().withConnectionsPerAddress(2));
        var other = InetAddress.getByName("127.0.0.7");
        try (var a = new RawSmtpClient(listener.server.port());
                var b = new RawSmtpClient(listener.server.port())) {
            assertThat(a.reply()).startsWith("220");
            assertThat(b.reply()).startsWith("220");
            try (var c = new RawSmtpClient(listener.server.port())) {
                assertThat(c.reply()).startsWith("421 4.7.0");
                assertThat(c.line()).isNull();
            }
            try (var d = new RawSmtpClient(other, listener.server.port());
                    var e = new RawSmtpClient(other, listener.server.port())) {
                assertThat(d.reply()).startsWith("220");
                assertThat(e.reply()).startsWith("421 4.7.0");
                assertThat(listener.server.connections()).isEqualTo(3);
            }
            await().until(() -> listener.server.connections() == 2);
            try (var f = new RawSmtpClient(other, listener.server.port())) {
                assertThat(f.reply()).startsWith("220");
            }
        }
    }

    @Test
    void overTheBudgetDataIs452AndLargeMessagesGoToDisk() throws Exception {
        var small = new InFlightBudget(20_000);
        listener.start(
                listener.options(10, Duration.ofMinutes(1), 20_000_000),
                listener.handler,
                listener.limits().withBudget(small));
        try (var a = listener.dataPhase();
                var b = listener.dataPhase()) {
            try (var c = new RawSmtpClient(listener.server.port())) {
                ServerListener.hello(c);
                c.command("MAIL FROM:<a@contoso.com>");
                c.command("RCPT TO:<b@contoso.com>");
                assertThat(c.command("DATA")).startsWith("452 4.3.1");
                assertThat(c.command("NOOP")).startsWith("250");
            }
            byte[] line = "0123456789\r\n".repeat(20_000).getBytes();
            a.send(line);
            a.send(".\r\n");
            assertThat(a.reply()).startsWith("250 2.6.0");
            assertThat(listener.handler.received.get(0).content()).isEqualTo(line);
            b.send(".\r\n");
            assertThat(b.reply()).startsWith("250 2.6.0");
        }
        assertThat(small.used()).isZero();
    }
}
