package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.broker.BrokerProbe;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that go away at any byte: nothing of them is left in the bundle, and no half message is taken for a whole. */
class BrokenSessionsTest {
    private static final String BODY_END = "the very end\r\n";
    private static final int SESSIONS = 1000;

    @TempDir
    private Path folder;

    @Test
    void aThousandSessionsThatBreakLeaveNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("BrokenSessionsTest seed " + seed);
        try (var sink = new SmtpSink(false);
                var bundle = RunningBundle.start(folder, sink.transport("right") + "m365.route.1.transport=right\n")) {
            var whole = new AtomicInteger();
            run(bundle, seed, 200, whole);
            settle(bundle);
            int threads = threads();
            long sessions =
                    BrokerProbe.sessions(bundle.bundle().infrastructure().connections());
            run(bundle, seed + 1, SESSIONS, whole);
            settle(bundle);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(threads()).isLessThanOrEqualTo(threads + 70));
            assertThat(BrokerProbe.sessions(bundle.bundle().infrastructure().connections()))
                    .isLessThanOrEqualTo(sessions + 70);
            new Submit(bundle)
                    .data("a@contoso.com", List.of("last@x.example"), BODY_END.getBytes(StandardCharsets.UTF_8));
            await().until(() -> sink.messages().stream().anyMatch(m -> m.rcpt().contains("last@x.example")));
            assertThat(sink.messages().size() - 1).isLessThanOrEqualTo(whole.get());
            assertThat(sink.messages()).allSatisfy(m -> assertThat(new String(m.bytes(), StandardCharsets.UTF_8))
                    .contains(BODY_END));
        }
    }

    /** A pool may have grown to its size in the second round; what grows with the sessions would be above that. */
    private static int threads() {
        return Thread.activeCount();
    }

    private void settle(RunningBundle bundle) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(bundle.get("/observe/metrics")).isNotNull();
            try (Stream<Path> spooled = Files.list(folder.resolve("data/spool"))) {
                assertThat(spooled).isEmpty();
            }
            var consumer = (io.m365mail.source.smtp.SmtpSourceConsumer)
                    bundle.bundle().camelContext().getRoute("source-smtp").getConsumer();
            assertThat(consumer.getConnections()).isZero();
        });
    }

    private static void run(RunningBundle bundle, long seed, int sessions, AtomicInteger whole) throws Exception {
        var clients = Executors.newFixedThreadPool(24);
        try {
            List<Callable<Void>> all = IntStream.range(0, sessions)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        session(bundle.smtpPort(), new Random(seed + i * 31L), whole);
                        return null;
                    })
                    .toList();
            for (Future<Void> done : clients.invokeAll(all)) {
                done.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** All commands at once, as PIPELINING allows, up to a random byte. One in ten is spooled to disk. */
    private static void session(int port, Random random, AtomicInteger whole) throws IOException {
        boolean large = random.nextInt(10) == 0;
        String body = "Subject: x\r\n\r\n" + "0123456789abcdef\r\n".repeat(large ? 80_000 : 100) + BODY_END;
        boolean chunk = random.nextBoolean();
        String head = "EHLO x\r\nMAIL FROM:<a@contoso.com>\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\n";
        String all = head + (chunk ? "BDAT " + body.length() + " LAST\r\n" + body : "DATA\r\n" + body + ".\r\n")
                + "NOOP\r\nQUIT\r\n";
        int cut = random.nextInt(4) == 0 ? random.nextInt(head.length() + 20) : random.nextInt(all.length() + 1);
        try (var client = new RawSmtpClient(port)) {
            client.reply();
            whole.addAndGet(cut >= all.length() - 17 ? 1 : 0);
            client.send(all.substring(0, cut));
            if (random.nextBoolean()) {
                client.reset();
            }
        } catch (IOException refused) {
            // The server may be first: it has its reasons for commands after DATA.
            assertThat(refused).isNotNull();
        }
    }
}
