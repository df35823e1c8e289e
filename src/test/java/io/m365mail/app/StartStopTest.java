package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.testing.SmtpSubmitter;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bundle starts and stops any number of times, alone or beside another, and leaves nothing in the JVM. */
@Timeout(120)
class StartStopTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    /** "Well under a few seconds", with room for a busy machine. */
    private static final Duration QUICK = Duration.ofSeconds(5);

    /**
     * Threads of pools that belong to the JVM, not to a bundle: all bundles share them, and they end by themselves when they
     * have been idle for a while.
     */
    private static final List<String> SHARED = List.of(
            // Artemis: the client's global pools (ActiveMQClient), daemons, idle for 60 s at most.
            "(Thread-\\d+ \\(activemq-client-global.*\\)|activemq-client-global-.*)",
            // The JDK's: CompletableFuture time-outs, the common pool, the cleaner of TLS and files.
            "CompletableFutureDelayScheduler",
            "ForkJoinPool\\.commonPool-worker-\\d+",
            "(Common-)?Cleaner(-\\d+)?",
            // This test's HTTP client, waiting, and the sandbox.
            "HttpClient-\\d+-.*",
            "awaitility-thread",
            "(smtp-)?sandbox-.*");

    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox"))
                .limits(SandboxLimits.none())
                .refusedAuthDelay(Duration.ZERO)
                .build();
        sandbox.mailbox("alerts@contoso.com", "secret1");
        sandbox.mailbox("locked@contoso.com", "secret2");
        sandbox.start();
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    private RunningBundle bundle(String name, String more) throws Exception {
        return RunningBundle.start(
                folder.resolve(name),
                RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1")
                        + RunningBundle.mailbox("locked", sandbox, "locked@contoso.com", "wrong")
                        + more);
    }

    @Test
    void fiveTimesAndTwoAtOnceLeaveNothing() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int i = 1; i <= 5; i++) {
            RunningBundle one = bundle("a", "");
            RunningBundle other = i == 3 ? bundle("b", "") : null;
            SmtpSubmitter.submit(one.smtpPort(), "alerts@contoso.com", "a" + i, "ops@fabrikam.com");
            if (other != null) {
                SmtpSubmitter.submit(other.smtpPort(), "alerts@contoso.com", "b" + i, "ops@fabrikam.com");
            }
            sandbox.log().awaitReceived(i <= 2 ? i : i + 1, SOON);
            stopQuickly(one);
            if (other != null) {
                stopQuickly(other);
                assertReleased(other);
            }
            assertReleased(one);
        }
        assertNothingKeepsTheJvm(before);
        assertNoThreads(before);
        assertThat(sandbox.log().duplicates()).isEmpty();
    }

    @Test
    void stopsQuicklyAtALimitOnHoldAndInTheMiddleOfDeliveries() throws Exception {
        RunningBundle bundle = bundle("a", "m365.transport.alerts.messages-per-minute=5\n");
        SmtpSubmitter.submit(bundle.smtpPort(), "locked@contoso.com", "held", "ops@fabrikam.com");
        for (int i = 0; i < 8; i++) {
            SmtpSubmitter.submit(bundle.smtpPort(), "alerts@contoso.com", "limit", "ops" + i + "@fabrikam.com");
        }
        sandbox.log().awaitReceived(5, SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"held\""));
        stopQuickly(bundle);
        assertReleased(bundle);
        assertThat(sandbox.log().receivedCount()).isEqualTo(5);
    }

    @Test
    void stopsQuicklyWhileDeliveriesRunAndNoneComesTwice() throws Exception {
        RunningBundle bundle = bundle("a", "m365.transport.alerts.messages-per-minute=1000\n");
        try (var submitter = new SmtpSubmitter(bundle.smtpPort())) {
            for (int i = 0; i < 30; i++) {
                submitter.send("alerts@contoso.com", "m" + i, "slow-300ms+" + i + "@fabrikam.com");
            }
        }
        sandbox.log().awaitReceived(4, SOON);
        stopQuickly(bundle);
        assertReleased(bundle);
        assertThat(sandbox.log().receivedCount()).isLessThan(30);

        try (RunningBundle again = bundle("a", "m365.transport.alerts.messages-per-minute=1000\n")) {
            assertThat(sandbox.log().awaitReceived(30, SOON)).hasSize(30);
            assertThat(sandbox.log().duplicates()).isEmpty();
        }
    }

    private static void stopQuickly(RunningBundle bundle) throws Exception {
        long begin = System.nanoTime();
        bundle.close();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.println("stopped in " + took.toMillis() + " ms");
        assertThat(took).isLessThan(QUICK);
    }

    private static void assertReleased(RunningBundle bundle) throws Exception {
        for (int port : new int[] {bundle.smtpPort(), bundle.brokerPort()}) {
            new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
        }
        try (Stream<Path> files = Files.walk(bundle.config().data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (var f = new RandomAccessFile(file.toFile(), "rw");
                        FileLock lock = f.getChannel().tryLock()) {
                    assertThat(lock).as("lock of " + file).isNotNull();
                }
            }
        }
    }

    /** A program that has stopped its last bundle ends by itself, and soon. */
    private static void assertNothingKeepsTheJvm(Set<Thread> before) {
        await().atMost(QUICK).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.isAlive() && !t.isDaemon() && !before.contains(t))
                        .map(Thread::getName)
                        .filter(name -> !name.matches("(smtp-)?sandbox-.*|awaitility-thread"))
                        .collect(Collectors.toSet()))
                .isEmpty());
    }

    private static void assertNoThreads(Set<Thread> before) {
        await().atMost(SOON).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.isAlive() && !before.contains(t))
                        .map(Thread::getName)
                        .filter(name -> SHARED.stream().noneMatch(name::matches))
                        .collect(Collectors.toSet()))
                .isEmpty());
    }
}
