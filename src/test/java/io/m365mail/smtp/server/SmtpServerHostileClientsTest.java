package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What hostile, broken and slow clients may cost the server: nothing that stays. */
class SmtpServerHostileClientsTest {
    private static final String START =
            "EHLO c\r\nMAIL FROM:<a@contoso.com>\r\nRCPT TO:<later@contoso.com>\r\nDATA\r\n";

    @RegisterExtension
    private final ServerListener listener = new ServerListener();

    @Test
    void aThousandSessionsThatBreakAnywhereLeaveNothing() throws Exception {
        listener.start(listener.options(200, Duration.ofMinutes(1), 10_000_000), listener.handler);
        byte[] ordinary = session(3000);
        byte[] spooled = session(1_500_000);
        long seed = System.nanoTime();
        var random = new Random(seed);
        int inData = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] all = i % 20 == 0 ? spooled : ordinary;
            try (var client = new RawSmtpClient(listener.server.port())) {
                int sent = 1 + random.nextInt(all.length);
                client.send(Arrays.copyOf(all, sent));
                // Most break while the server is in the middle of the message, some while it still asks the
                // listener.handler.
                if (sent > START.length() && i % 4 != 0) {
                    readUntilData(client);
                    inData++;
                }
                if (random.nextBoolean()) {
                    client.reset();
                }
            } catch (IOException closedByServer) {
                assertThat(closedByServer).as("seed " + seed).hasMessageMatching(".*(reset|pipe|closed).*");
            }
        }
        assertThat(inData).as("sessions broken within the message").isGreaterThan(300);
        await().atMost(30, TimeUnit.SECONDS).until(() -> listener.server.connections() == 0);
        assertThat(listener.handler.open).hasValue(0);
        await().until(() -> listener.spoolFiles() == 0);
    }

    private static void readUntilData(RawSmtpClient client) throws IOException {
        String line = client.line();
        while (line != null && !line.startsWith("354")) {
            line = client.line();
        }
    }

    private static byte[] session(int size) {
        return (START + "0123456789\r\n".repeat(size / 12) + ".\r\nQUIT\r\n").getBytes();
    }

    @Test
    void tenMegabytesInOneLineAndMoreConnectionsThanLoops() throws Exception {
        listener.start(listener.options(50, Duration.ofMinutes(1), 20_000_000), listener.handler);
        byte[] line = new byte[10_000_000];
        Arrays.fill(line, (byte) 'x');
        try (var a = listener.dataPhase();
                var b = listener.dataPhase();
                var c = listener.dataPhase()) {
            for (var client : List.of(a, b, c)) {
                client.send(line);
                client.send("\r\n.\r\n");
            }
            for (var client : List.of(a, b, c)) {
                assertThat(client.reply()).startsWith("250 2.6.0");
            }
        }
        assertThat(listener.handler.received).hasSize(3);
        byte[] got = listener.handler.received.get(2).content();
        assertThat(got).hasSize(10_000_002).startsWith(line).endsWith('\r', '\n');
    }

    @Test
    void dataThatDripsIsCutOffAlthoughItNeverPauses() throws Exception {
        listener.start(listener.options(10, Duration.ofMillis(400), 20_000_000), listener.handler);
        try (var client = listener.dataPhase()) {
            long start = System.nanoTime();
            await().atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        try {
                            client.send("x");
                            return listener.server.connections() == 0;
                        } catch (IOException cut) {
                            return true;
                        }
                    });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(390));
        }
        assertThat(listener.handler.received).isEmpty();
    }

    @Test
    void aCommandThatDripsIsCutOffToo() throws Exception {
        listener.start(listener.options(10, Duration.ofMillis(300), 20_000_000), listener.handler);
        try (var client = new RawSmtpClient(listener.server.port())) {
            await().atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        try {
                            client.send("N");
                            return listener.server.connections() == 0;
                        } catch (IOException cut) {
                            return true;
                        }
                    });
        }
    }

    @Test
    void aClientThatNeverReadsItsRepliesHoldsNothingForLong() throws Exception {
        listener.start(listener.options(10, Duration.ofMillis(500), 20_000_000), listener.handler);
        try (var client = new RawSmtpClient(listener.server.port())) {
            ServerListener.hello(client);
            var flood = new Thread(() -> {
                try {
                    byte[] many = "VRFY a\r\n".repeat(10_000).getBytes();
                    while (!Thread.currentThread().isInterrupted()) {
                        client.send(many);
                    }
                } catch (IOException cut) {
                    // That is what the server is to do.
                }
            });
            flood.start();
            await().atMost(20, TimeUnit.SECONDS).until(() -> listener.server.connections() == 0);
            client.close();
            flood.join(10_000);
            assertThat(flood.isAlive()).isFalse();
        }
    }

    @Test
    void aMessageSentBehindARefusedDataDoesNotBecomeCommands() throws Exception {
        listener.start(listener.options(10, Duration.ofMinutes(1), 20_000_000), listener.handler);
        String message = "DATA\r\nMAIL FROM:<evil@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\nx\r\n.\r\n";
        for (String before : List.of("RCPT TO:<refuse@contoso.com>\r\n", "")) {
            try (var client = new RawSmtpClient(listener.server.port())) {
                ServerListener.hello(client);
                client.send("MAIL FROM:<nodata@contoso.com>\r\n" + before + message);
                String last = null;
                for (String reply = client.reply(); reply != null; reply = client.reply()) {
                    last = reply;
                }
                assertThat(last).startsWith("421 4.7.0");
            }
        }
        assertThat(listener.handler.received).isEmpty();
    }
}
