package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.ManualClock;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A mailbox at 30 messages a minute and 3 connections, by the sandbox's clock: the limits are never exceeded, and next to
 * nothing of what they allow is wasted. Once with a clock that is moved by hand, once in real time.
 */
@Timeout(300)
class RateLimitTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ALERTS = "alerts@contoso.com";
    private static final String NEIGHBOUR = "hr@contoso.com";

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private RunningBundle bundle;

    private void start(Clock sandboxClock, BundleTiming timing) throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox")).clock(sandboxClock).build();
        sandbox.mailbox(ALERTS, "secret1");
        sandbox.mailbox(NEIGHBOUR, "secret2");
        sandbox.start();
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", sandbox, ALERTS, "secret1")
                        + RunningBundle.mailbox("hr", sandbox, NEIGHBOUR, "secret2"),
                timing);
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    private void submit(int messages) throws Exception {
        try (var submitter = new SmtpSubmitter(bundle.smtpPort())) {
            for (int i = 1; i <= messages; i++) {
                submitter.send(ALERTS, "alert " + i, "ops" + i + "@fabrikam.com");
            }
        }
    }

    /** All settled: so many left, none in delivery. */
    private void awaitQueued(long n) {
        await().atMost(SOON).untilAsserted(() -> {
            var depth = bundle.bundle().infrastructure().admin().depth("m365.transport.alerts");
            assertThat(depth.inDelivery()).isZero();
            assertThat(depth.total()).isEqualTo(n);
        });
    }

    @Test
    void seventyFiveMessagesTakeTwoMinutesOfAClockMovedByHand() throws Exception {
        var clock = new ManualClock();
        Instant begin = clock.now();
        start(
                clock.asClock(),
                new BundleTiming(
                        clock.asClock(), clock, Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofMinutes(15)));
        submit(75);
        for (int left : new int[] {45, 15}) {
            awaitQueued(left);
            clock.advance(Duration.ofSeconds(60));
            var gate = bundle.bundle().infrastructure().gates().get("alerts");
            assertThat(gate.state().usedLastMinute()).isEqualTo(30);
            assertThat(gate.await(Duration.ZERO))
                    .as("a place after exactly 60 s")
                    .isNull();
            assertThat(sandbox.log().receivedCount()).isEqualTo(75 - left);
            clock.advance(Duration.ofMillis(200));
        }
        awaitQueued(0);
        List<ReceivedMessage> received = sandbox.log().awaitReceived(75, SOON);
        report(received, begin);
        assertLimits(received, begin);
    }

    @Test
    void seventyFiveMessagesTakeTwoMinutesInRealTime() throws Exception {
        start(Clock.systemUTC(), BundleTiming.SYSTEM);
        Instant begin = Instant.now();
        submit(75);
        List<ReceivedMessage> received = sandbox.log().awaitReceived(75, Duration.ofSeconds(150));
        report(received, begin);
        assertLimits(received, begin);
    }

    @Test
    void aMailboxAtItsLimitDelaysNoOther() throws Exception {
        start(Clock.systemUTC(), BundleTiming.SYSTEM);
        SmtpSubmitter.submit(bundle.smtpPort(), NEIGHBOUR, "warm", "staff@fabrikam.com");
        submit(40);
        sandbox.log().awaitReceived(31, SOON);
        awaitQueued(10);
        Instant begin = Instant.now();
        SmtpSubmitter.submit(bundle.smtpPort(), NEIGHBOUR, "pay slip", "staff@fabrikam.com");
        ReceivedMessage last = sandbox.log().awaitReceived(32, SOON).get(31);
        System.out.printf(
                "neighbour of a mailbox at its limit: %d ms%n",
                Duration.between(begin, last.takenAt()).toMillis());
        assertThat(last.mailbox()).isEqualTo(NEIGHBOUR);
        assertThat(Duration.between(begin, last.takenAt())).isLessThan(Duration.ofSeconds(1));
    }

    private void report(List<ReceivedMessage> received, Instant begin) {
        System.out.printf(
                "75 messages at 30 a minute: %.1f s, at most %d in any 60 s, %d connections at once, %d in all%n",
                Duration.between(begin, received.get(74).repliedAt()).toMillis() / 1000.0,
                sandbox.log().maxPerSlidingMinute(ALERTS),
                sandbox.log().maxConnections(ALERTS),
                sandbox.log().connectionCount());
    }

    private void assertLimits(List<ReceivedMessage> received, Instant begin) {
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isEqualTo(30);
        assertThat(sandbox.log().maxConnections(ALERTS)).isLessThanOrEqualTo(3);
        assertThat(sandbox.log().connectionCount()).isLessThanOrEqualTo(6);
        assertThat(sandbox.log().refusals()).isEmpty();
        assertThat(sandbox.log().duplicates()).isEmpty();
        assertThat(received.stream().flatMap(m -> m.recipients().stream()).distinct())
                .hasSize(75);
        assertThat(Duration.between(begin, received.get(74).repliedAt())).isLessThanOrEqualTo(Duration.ofSeconds(122));
    }
}
