package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.InFlightBudget;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Reply;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hostile, broken and slow clients may cost the server: nothing that stays. */
class SmtpServerTest {
    @TempDir
    Path temp;

    private static final String START =
            "EHLO c\r\nMAIL FROM:<a@contoso.com>\r\nRCPT TO:<later@contoso.com>\r\nDATA\r\n";

    private final RecordingHandler handler = new RecordingHandler();
    private final InFlightBudget budget = new InFlightBudget(64 << 20);
    private SmtpServer server;

    @BeforeEach
    void clean() {
        assertThat(threads("leak")).isEmpty();
    }

    @AfterEach
    void nothingStays() {
        server.stop();
        assertThat(server.connections()).isZero();
        assertThat(handler.open).hasValue(0);
        await().until(() -> threads("leak").isEmpty());
        await().until(() -> spoolFiles() == 0);
        await().until(() -> budget.used() == 0);
    }

    @Test
    void aThousandSessionsThatBreakAnywhereLeaveNothing() throws Exception {
        start(options(200, Duration.ofMinutes(1), 10_000_000), handler);
        byte[] ordinary = session(3000);
        byte[] spooled = session(1_500_000);
        long seed = System.nanoTime();
        var random = new Random(seed);
        int inData = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] all = i % 20 == 0 ? spooled : ordinary;
            try (var client = new RawSmtpClient(server.port())) {
                int sent = 1 + random.nextInt(all.length);
                client.send(Arrays.copyOf(all, sent));
                // Most break while the server is in the middle of the message, some while it still asks the handler.
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
        await().atMost(30, TimeUnit.SECONDS).until(() -> server.connections() == 0);
        assertThat(handler.open).hasValue(0);
        await().until(() -> spoolFiles() == 0);
    }

    private static void readUntilData(RawSmtpClient client) throws IOException {
        String line = client.line();
        while (line != null && !line.startsWith("354")) {
            line = client.line();
        }
    }

    @Test
    void aHundredThousandRecipients() throws Exception {
        start(options(10, Duration.ofMinutes(1), 10_000_000, 100_000), handler);
        try (var client = new RawSmtpClient(server.port())) {
            hello(client);
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
        assertThat(handler.received.get(0).recipients()).hasSize(100_000);
        assertThat(handler.received.get(0).recipients().get(99_999).address()).isEqualTo("user99999@contoso.com");
    }

    @Test
    void tenMegabytesInOneLineAndMoreConnectionsThanLoops() throws Exception {
        start(options(50, Duration.ofMinutes(1), 20_000_000), handler);
        byte[] line = new byte[10_000_000];
        Arrays.fill(line, (byte) 'x');
        try (var a = dataPhase();
                var b = dataPhase();
                var c = dataPhase()) {
            for (var client : List.of(a, b, c)) {
                client.send(line);
                client.send("\r\n.\r\n");
            }
            for (var client : List.of(a, b, c)) {
                assertThat(client.reply()).startsWith("250 2.6.0");
            }
        }
        assertThat(handler.received).hasSize(3);
        byte[] got = handler.received.get(2).content();
        assertThat(got).hasSize(10_000_002).startsWith(line).endsWith('\r', '\n');
    }

    @Test
    void anUnwritableSpoolIs452AndTheNextMessageIsTaken() throws Exception {
        Files.writeString(temp.resolve("spool"), "a file where the folder should be");
        start(options(10, Duration.ofMinutes(1), 20_000_000), handler);
        try (var client = dataPhase()) {
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
    void dataThatDripsIsCutOffAlthoughItNeverPauses() throws Exception {
        start(options(10, Duration.ofMillis(400), 20_000_000), handler);
        try (var client = dataPhase()) {
            long start = System.nanoTime();
            await().atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        try {
                            client.send("x");
                            return server.connections() == 0;
                        } catch (IOException cut) {
                            return true;
                        }
                    });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(390));
        }
        assertThat(handler.received).isEmpty();
    }

    @Test
    void aCommandThatDripsIsCutOffToo() throws Exception {
        start(options(10, Duration.ofMillis(300), 20_000_000), handler);
        try (var client = new RawSmtpClient(server.port())) {
            await().atMost(20, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        try {
                            client.send("N");
                            return server.connections() == 0;
                        } catch (IOException cut) {
                            return true;
                        }
                    });
        }
    }

    @Test
    void aClientThatNeverReadsItsRepliesHoldsNothingForLong() throws Exception {
        start(options(10, Duration.ofMillis(500), 20_000_000), handler);
        try (var client = new RawSmtpClient(server.port())) {
            hello(client);
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
            await().atMost(20, TimeUnit.SECONDS).until(() -> server.connections() == 0);
            client.close();
            flood.join(10_000);
            assertThat(flood.isAlive()).isFalse();
        }
    }

    @Test
    void aMessageSentBehindARefusedDataDoesNotBecomeCommands() throws Exception {
        start(options(10, Duration.ofMinutes(1), 20_000_000), handler);
        String message = "DATA\r\nMAIL FROM:<evil@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\nx\r\n.\r\n";
        for (String before : List.of("RCPT TO:<refuse@contoso.com>\r\n", "")) {
            try (var client = new RawSmtpClient(server.port())) {
                hello(client);
                client.send("MAIL FROM:<nodata@contoso.com>\r\n" + before + message);
                String last = null;
                for (String reply = client.reply(); reply != null; reply = client.reply()) {
                    last = reply;
                }
                assertThat(last).startsWith("421 4.7.0");
            }
        }
        assertThat(handler.received).isEmpty();
    }

    @Test
    void connectionsAreCounted() throws Exception {
        start(options(3, Duration.ofMinutes(1), 1000), handler, limits().withConnectionsPerAddress(2));
        var other = InetAddress.getByName("127.0.0.7");
        try (var a = new RawSmtpClient(server.port());
                var b = new RawSmtpClient(server.port())) {
            assertThat(a.reply()).startsWith("220");
            assertThat(b.reply()).startsWith("220");
            try (var c = new RawSmtpClient(server.port())) {
                assertThat(c.reply()).startsWith("421 4.7.0");
                assertThat(c.line()).isNull();
            }
            try (var d = new RawSmtpClient(other, server.port());
                    var e = new RawSmtpClient(other, server.port())) {
                assertThat(d.reply()).startsWith("220");
                assertThat(e.reply()).startsWith("421 4.7.0");
                assertThat(server.connections()).isEqualTo(3);
            }
            await().until(() -> server.connections() == 2);
            try (var f = new RawSmtpClient(other, server.port())) {
                assertThat(f.reply()).startsWith("220");
            }
        }
    }

    @Test
    void overTheBudgetDataIs452AndLargeMessagesGoToDisk() throws Exception {
        var small = new InFlightBudget(20_000);
        start(options(10, Duration.ofMinutes(1), 20_000_000), handler, limits().withBudget(small));
        try (var a = dataPhase();
                var b = dataPhase()) {
            try (var c = new RawSmtpClient(server.port())) {
                hello(c);
                c.command("MAIL FROM:<a@contoso.com>");
                c.command("RCPT TO:<b@contoso.com>");
                assertThat(c.command("DATA")).startsWith("452 4.3.1");
                assertThat(c.command("NOOP")).startsWith("250");
            }
            byte[] line = "0123456789\r\n".repeat(20_000).getBytes();
            a.send(line);
            a.send(".\r\n");
            assertThat(a.reply()).startsWith("250 2.6.0");
            assertThat(handler.received.get(0).content()).isEqualTo(line);
            b.send(".\r\n");
            assertThat(b.reply()).startsWith("250 2.6.0");
        }
        assertThat(small.used()).isZero();
    }

    @Test
    void stopLetsATransactionFinishAndSendsTheIdleAway() throws Exception {
        start(options(10, Duration.ofMinutes(1), 1000), handler);
        int port = server.port();
        try (var idle = new RawSmtpClient(port);
                var working = dataPhase()) {
            hello(idle);
            var stopped = CompletableFuture.runAsync(server::stop);
            assertThat(idle.reply()).startsWith("421 4.3.2 mx.test shutting down");
            assertThat(idle.line()).isNull();
            // The JDK closes the socket with the loop's next select.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawSmtpClient(port).close()).isInstanceOf(IOException.class));
            assertThat(working.command("x\r\n.")).startsWith("250 2.6.0");
            assertThat(working.reply()).startsWith("421 4.3.2");
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void stopDoesNotWaitForEver() throws Exception {
        var hanging = new CompletableFuture<Reply>();
        start(
                options(10, Duration.ofMinutes(1), 5_000_000),
                peer -> new Hanging(handler.connected(peer), hanging),
                limits().withStopGrace(Duration.ofMillis(200)));
        try (var client = dataPhase();
                var half = dataPhase()) {
            client.send(new byte[2_000_000]);
            client.send("\r\n.\r\n");
            await().until(() -> hanging.getNumberOfDependents() > 0);
            server.stop();
            assertThat(half.reply()).startsWith("421 4.3.2");
            assertThat(client.reply()).isNull();
            assertThat(spoolFiles())
                    .as("the content stays while the stage is open")
                    .isEqualTo(1);
        }
        hanging.complete(Reply.of(250, "2.6.0 late"));
        assertThat(spoolFiles()).isZero();
    }

    @Test
    void startsAndStopsAgainAndSeveralAtOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            start(options(10, Duration.ofMinutes(1), 1000), handler);
            try (var second = new SmtpServer(options(10, Duration.ofMinutes(1), 1000), handler);
                    var client = new RawSmtpClient(server.port())) {
                second.start();
                assertThat(second.port()).isNotEqualTo(server.port());
                assertThat(client.reply()).startsWith("220");
                client.close();
            }
            server.stop();
            server.start();
            server.stop();
            server.stop();
        }
    }

    @Test
    void aTakenPortIsSaidAndNothingIsLeft() throws Exception {
        start(options(10, Duration.ofMinutes(1), 1000), handler);
        var plain = SmtpServerOptions.plain("leak2", "127.0.0.1", server.port(), "mx.test", temp);
        assertThatThrownBy(() -> new SmtpServer(plain, handler).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leak2 cannot bind 127.0.0.1:" + server.port());
        await().until(() -> threads("leak2").isEmpty());
    }

    private void start(SmtpServerOptions options, SmtpHandler with) throws IOException {
        start(options, with, limits());
    }

    private void start(SmtpServerOptions options, SmtpHandler with, SmtpServerLimits limits) throws IOException {
        server = new SmtpServer(options, with, limits);
        server.start();
    }

    private SmtpServerLimits limits() {
        return new SmtpServerLimits(0, 20, 3, Integer.MAX_VALUE, 1000, Duration.ofSeconds(10), budget);
    }

    private SmtpServerOptions options(int connections, Duration idle, long size) {
        return options(connections, idle, size, 1000);
    }

    private SmtpServerOptions options(int connections, Duration idle, long size, int recipients) {
        return new SmtpServerOptions(
                "leak",
                "127.0.0.1",
                0,
                "mx.test",
                SmtpServerOptions.Tls.OFF,
                null,
                List.of("TLSv1.3"),
                false,
                List.of(),
                size,
                recipients,
                connections,
                idle,
                temp.resolve("spool"),
                false,
                SmtpServerOptions.DEFAULT_EXTENSIONS);
    }

    private RawSmtpClient dataPhase() throws IOException {
        var client = new RawSmtpClient(server.port());
        hello(client);
        client.command("MAIL FROM:<a@contoso.com>");
        client.command("RCPT TO:<b@contoso.com>");
        assertThat(client.command("DATA")).startsWith("354");
        return client;
    }

    private static void hello(RawSmtpClient client) throws IOException {
        assertThat(client.reply()).startsWith("220");
        assertThat(client.command("EHLO c")).startsWith("250");
    }

    private static byte[] session(int size) {
        return (START + "0123456789\r\n".repeat(size / 12) + ".\r\nQUIT\r\n").getBytes();
    }

    private static List<String> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(n -> n.matches("smtp-(spool-)?" + name + "-.*"))
                .toList();
    }

    /** Spool files have no name on Linux; what is open shows up among the process' file descriptors. */
    private int spoolFiles() throws IOException {
        int named = 0;
        if (Files.isDirectory(temp.resolve("spool"))) {
            try (Stream<Path> files = Files.list(temp.resolve("spool"))) {
                named = (int) files.count();
            }
        }
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return named;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return named + (int) open.filter(SmtpServerTest::isSpool).count();
        }
    }

    private static boolean isSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains(".spool");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Answers the message only when the test says so. */
    private record Hanging(SmtpConversation inner, CompletionStage<Reply> answer) implements SmtpConversation {
        @Override
        public CompletionStage<Reply> greet() {
            return inner.greet();
        }

        @Override
        public CompletionStage<Reply> hello(String name) {
            return inner.hello(name);
        }

        @Override
        public CompletionStage<Reply> auth(SmtpCredentials credentials) {
            return inner.auth(credentials);
        }

        @Override
        public CompletionStage<Reply> mail(MailCommand command) {
            return inner.mail(command);
        }

        @Override
        public CompletionStage<Reply> rcpt(io.m365mail.mail.Recipient recipient) {
            return inner.rcpt(recipient);
        }

        @Override
        public CompletionStage<Reply> data() {
            return inner.data();
        }

        @Override
        public CompletionStage<Reply> message(MailContent content) {
            return answer;
        }

        @Override
        public void reset() {
            inner.reset();
        }

        @Override
        public void closed() {
            inner.closed();
        }
    }
}
