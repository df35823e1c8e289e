package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.smtp.Stage;
import io.m365mail.testing.ManualClock;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is busy gets fewer connections at a time, and all of them again after good minutes. */
@Timeout(120)
class SlowDownTest {
    private static final String BUSY = "451 4.7.500 Server busy. Please try again later from [127.0.0.1]. (S77714)";
    private static final int CONNECTIONS = 4;

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private Sandbox exchange;
    private RunningBundle bundle;
    private BundleView view;

    @BeforeEach
    void start() throws Exception {
        exchange = Sandbox.builder(folder.resolve("exchange"))
                .limits(SandboxLimits.none())
                .build();
        exchange.start();
        exchange.mx().connector("office", "127.0.0.1");
        bundle = RunningBundle.start(
                folder,
                """
                m365.transport.mx.type=relay
                m365.transport.mx.host=localhost
                m365.transport.mx.port=%d
                m365.transport.mx.connections=%d
                m365.transport.mx.trust-store=%s
                m365.transport.mx.trust-store-password=%s
                """
                        .formatted(
                                exchange.mxPort(), CONNECTIONS, exchange.trustStore(), exchange.trustStorePassword()),
                new BundleTiming(
                        clock.asClock(), clock, Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(15)));
        view = new BundleView(bundle);
    }

    @AfterEach
    void stop() throws Exception {
        bundle.close();
        exchange.close();
    }

    private void submit(String to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), "erp@contoso.com", "hello", to);
    }

    private void awaitConnections(int now) {
        await().atMost(BundleView.SOON).untilAsserted(() -> assertThat(view.number("mx", "connectionsNow"))
                .isEqualTo(now));
    }

    @Test
    void theConnectionsAreHalvedAndComeBackByTheMinute() throws Exception {
        try (var log = new LogOf("io.m365mail.limit.TransportGate")) {
            awaitConnections(CONNECTIONS);
            exchange.script().onNext(Stage.MAIL).reply(BUSY);
            submit("ann@fabrikam.com");
            awaitConnections(CONNECTIONS / 2);
            assertThat(view.state("mx")).as("nothing is held back").isEqualTo("open");
            assertThat(bundle.get("/observe/metrics"))
                    .contains("m365_transport_connections_allowed{transport=\"mx\"} 2.0");
            for (int i = 0; i < 8; i++) {
                submit("slow-300ms+" + i + "@fabrikam.com");
            }
            // By the bundle's clock, which stands still before the real time, the busy one is due at once.
            exchange.log().awaitReceived(9, BundleView.SOON);
            assertThat(exchange.log().maxConnections())
                    .as("two at a time, and perhaps the one that was busy")
                    .isLessThanOrEqualTo(CONNECTIONS / 2 + 1);
            clock.advance(Duration.ofMinutes(1));
            awaitConnections(CONNECTIONS / 2 + 1);
            clock.advance(Duration.ofMinutes(1));
            awaitConnections(CONNECTIONS);
            assertThat(log.count("transport mx slows down, 2 of 4 connections")).isEqualTo(1);
            assertThat(log.count("transport mx is back at its full pace, 4 connections"))
                    .isEqualTo(1);
        }
        view.awaitTotals(9, 9, 0, 0);
    }

    /** One mailbox that cannot keep up is no reason to keep the others waiting. */
    @Test
    void aBusyRecipientSlowsNobodyElseDown() throws Exception {
        submit("busy-1x@fabrikam.com");
        exchange.log().awaitReceived(1, BundleView.SOON);
        assertThat(exchange.log().refusals()).hasSize(1);
        assertThat(view.number("mx", "connectionsNow")).isEqualTo(CONNECTIONS);
    }
}
