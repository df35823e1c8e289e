package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxApp;
import io.m365mail.sandbox.SandboxEvents;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.testing.ManualClock;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * XOAUTH2 whose token or app is revoked while mail keeps coming on all three connections. One clock, moved by the test,
 * serves the bundle (limits, probes, tokens) and the sandbox (tokens, log), so that a whole minute is really a minute.
 */
@Timeout(120)
class RevokedCredentialsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String MAILBOX = "erp@contoso.com";
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private final List<String> sent = new ArrayList<>();
    private Sandbox exchange;
    private SandboxApp app;
    private RunningBundle bundle;
    private BundleView view;
    private SmtpSubmitter device;

    @BeforeEach
    void start() throws Exception {
        exchange = Sandbox.builder(folder.resolve("exchange"))
                .clock(clock.asClock())
                .limits(SandboxLimits.none())
                .refusedAuthDelay(Duration.ofMillis(50))
                .build();
        exchange.mailbox(MAILBOX, "unused");
        app = exchange.app("app-1").secret("s3cret").mayUse(MAILBOX);
        exchange.start();
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", exchange, MAILBOX, "x")
                                .replaceAll("m365.transport.alerts.(auth|password)=.*\n", "")
                        + """
                        m365.transport.alerts.auth=xoauth2
                        m365.transport.alerts.authority=%s
                        m365.transport.alerts.tenant-id=%s
                        m365.transport.alerts.client-id=app-1
                        m365.transport.alerts.client-secret=s3cret
                        m365.transport.alerts.messages-per-minute=0
                        m365.transport.alerts.connections=3
                        """
                                .formatted(exchange.authority(), exchange.tenantId()),
                new BundleTiming(
                        clock.asClock(), clock, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(15)));
        view = new BundleView(bundle);
        device = new SmtpSubmitter(bundle.smtpPort());
        useAllConnections();
    }

    @AfterEach
    void stop() throws Exception {
        device.close();
        bundle.close();
        exchange.close();
    }

    private void submit() throws Exception {
        String to = "r" + sent.size() + "@fabrikam.com";
        sent.add(to);
        device.send(MAILBOX, "message " + sent.size(), to);
    }

    /** Three messages that the server takes its time for. */
    private void useAllConnections() throws Exception {
        for (int i = 0; i < 3; i++) {
            String slow = "slow-700ms+" + i + "@fabrikam.com";
            sent.add(slow);
            device.send(MAILBOX, "slow", slow);
        }
        exchange.log().awaitReceived(3, SOON);
        assertThat(exchange.log().maxConnections(MAILBOX)).isEqualTo(3);
        await().atMost(SOON).untilAsserted(() -> assertThat(view.number("alerts", "inDelivery"))
                .isZero());
    }

    private List<SandboxEvents.AuthAttempt> refusedAfter(Instant from) {
        return exchange.log().authAttempts().stream()
                .filter(a -> !a.succeeded() && !a.at().isBefore(from))
                .toList();
    }

    private long tokenRequestsAfter(Instant from) {
        return exchange.log().tokenRequests().stream()
                .filter(r -> !r.at().isBefore(from))
                .count();
    }

    /** Three messages at the same moment and all connections gone, then one a second up to the last second. */
    private void keepSendingForAMinute() throws Exception {
        exchange.dropConnections();
        for (int i = 0; i < 9; i++) {
            submit();
        }
        view.awaitState("alerts", "held");
        for (int second = 1; second < 60; second++) {
            clock.advance(SECOND);
            submit();
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(view.number("alerts", "inDelivery"))
                .isZero());
    }

    private void mendedByItself(Runnable mend) {
        mend.run();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            clock.advance(Duration.ofSeconds(30));
            assertThat(exchange.log().receivedCount()).isGreaterThanOrEqualTo(sent.size());
        });
        view.awaitTotals(sent.size(), sent.size(), 0, 0);
        view.awaitState("alerts", "open");
        Map<String, Integer> arrivals = new TreeMap<>();
        exchange.log().received().forEach(m -> m.recipients().forEach(r -> arrivals.merge(r, 1, Integer::sum)));
        assertThat(arrivals)
                .containsOnlyKeys(sent)
                .allSatisfy((who, times) -> assertThat(times).as(who).isEqualTo(1));
    }

    @Test
    void anAppThatMayNoLongerUseTheMailboxIsTriedThreeTimesInTheFirstMinuteAtMost() throws Exception {
        // Older than a minute, so that a refused token may as well be a stale one.
        clock.advance(Duration.ofMinutes(10));
        submit();
        exchange.log().awaitReceived(sent.size(), SOON);
        Instant revoked = clock.now();
        exchange.revokeTokens();
        app.mayNotUse(MAILBOX);
        try (var log = new LogOf("io.m365mail.limit.TransportGate")) {
            keepSendingForAMinute();
            assertThat(refusedAfter(revoked))
                    .hasSizeBetween(1, 3)
                    .allSatisfy(a -> assertThat(a.reply().toString()).startsWith("535 5.7.3"));
            assertThat(tokenRequestsAfter(revoked)).isLessThanOrEqualTo(2);
            assertThat(log.count("on hold")).as("told once").isEqualTo(1);
        }
        assertThat(view.transport("alerts").path("reason").asText()).startsWith("535 5.7.3");
        view.awaitTotals(sent.size(), sent.size() - 68, 0, 68);
        clock.advance(SECOND);
        await().atMost(SOON).untilAsserted(() -> assertThat(refusedAfter(revoked.plusSeconds(60)))
                .as("the probe after a minute")
                .isNotEmpty());
        assertThat(view.state("alerts")).isEqualTo("held");
        mendedByItself(() -> app.mayUse(MAILBOX));
    }

    @Test
    void aSecretThatIsNoLongerRightIsAskedForOnceAMinuteAtMost() throws Exception {
        clock.advance(Duration.ofMinutes(10));
        Instant revoked = clock.now();
        exchange.revokeTokens();
        app.secret("another");
        keepSendingForAMinute();
        assertThat(refusedAfter(revoked))
                .as("the one with the token that was good until now")
                .hasSizeLessThanOrEqualTo(3);
        assertThat(tokenRequestsAfter(revoked)).isBetween(1L, 2L);
        assertThat(view.transport("alerts").path("reason").asText()).contains("AADSTS7000215");
        view.awaitTotals(sent.size(), sent.size() - 68, 0, 68);
        mendedByItself(() -> app.secret("s3cret"));
    }

    @Test
    void tokensThatAreRevokedWhileTheAppIsStillWelcomeCostOneRefusedTry() throws Exception {
        clock.advance(Duration.ofMinutes(10));
        Instant revoked = clock.now();
        exchange.revokeTokens();
        exchange.dropConnections();
        for (int i = 0; i < 9; i++) {
            submit();
        }
        exchange.log().awaitReceived(sent.size(), SOON);
        assertThat(refusedAfter(revoked)).hasSizeBetween(1, 3);
        assertThat(tokenRequestsAfter(revoked)).isEqualTo(1);
        view.awaitTotals(sent.size(), sent.size(), 0, 0);
    }

    /** Four hours of mail, a new connection for each message: more than two lives of a token. */
    @Test
    void aTokenThatExpiresIsRenewedWithoutARefusedTry() throws Exception {
        Instant begin = clock.now();
        for (int i = 0; i < 48; i++) {
            clock.advance(Duration.ofMinutes(5));
            exchange.dropConnections();
            submit();
            exchange.log().awaitReceived(sent.size(), SOON);
        }
        assertThat(refusedAfter(begin)).isEmpty();
        assertThat(exchange.log().tokenRequests()).hasSizeBetween(3, 6).allSatisfy(r -> assertThat(r.status())
                .isEqualTo(200));
    }
}
