package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.limit.Timing;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bundle with two mailboxes and a relay before the sandbox, and what tells what became of each message there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class VerdictFixture {
    static final Duration SOON = BundleView.SOON;
    static final String ALERTS = "alerts@contoso.com";
    static final String LOCKED = "locked@contoso.com";
    static final String APP = "app@contoso.com";
    static final String RECONNECT = "tempfail-1x.421-4.3.2.at-mail@contoso.com";
    /** No delivery without a reason finds its way back within a test. */
    private static final String PROPERTIES =
            """
            m365.retry.initial=1s
            m365.retry.maximum=1s
            m365.route.1.from=app@contoso.com
            m365.route.1.transport=connector
            m365.transport.connector.type=relay
            m365.transport.connector.host=localhost
            m365.transport.connector.port=%d
            m365.transport.connector.trust-store=%s
            m365.transport.connector.trust-store-password=%s
            m365.transport.alerts.senders=*@contoso.com
            m365.transport.alerts.messages-per-minute=0
            m365.transport.locked.messages-per-minute=0
            """;

    Sandbox exchange;
    RunningBundle bundle;
    BundleView view;
    EventTape events;
    private final Map<String, Integer> before = new TreeMap<>();

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        exchange = Sandbox.builder(folder.resolve("exchange"))
                .limits(SandboxLimits.none())
                .refusedAuthDelay(Duration.ZERO)
                .build();
        exchange.mailbox(ALERTS, "secret1").sendAs(RECONNECT);
        exchange.mailbox(LOCKED, "secret2");
        exchange.start();
        exchange.mx().connector("office", "127.0.0.1");
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("locked", exchange, LOCKED, "secret2")
                        + RunningBundle.mailbox("alerts", exchange, ALERTS, "secret1")
                        + PROPERTIES.formatted(exchange.mxPort(), exchange.trustStore(), exchange.trustStorePassword()),
                new BundleTiming(
                        Clock.systemUTC(),
                        Timing.SYSTEM,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(2)));
        view = new BundleView(bundle);
        events = new EventTape(bundle);
        events.awaitHeard(bundle, ALERTS);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(view.number("alerts", "queued") + view.number("alerts", "inDelivery"))
                        .isZero());
        exchange.reset();
    }

    @BeforeEach
    void count() throws Exception {
        view.status()
                .path("totals")
                .fields()
                .forEachRemaining(f -> before.put(f.getKey(), f.getValue().asInt()));
    }

    @AfterEach
    void nobodyElseWasTouched() throws Exception {
        Map<String, String> states = new TreeMap<>();
        for (String name : List.of("alerts", "locked", "connector")) {
            states.put(name, view.state(name));
            view.post("/api/transports/" + name + "/resume");
        }
        exchange.limits(SandboxLimits.none());
        exchange.reset();
        assertThat(states)
                .allSatisfy((name, state) -> assertThat(state).as(name).isEqualTo("open"));
    }

    @AfterAll
    void stop() throws Exception {
        events.close();
        bundle.close();
        exchange.close();
    }

    void submit(String from, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), from, "hello", to);
    }

    /** The change of the totals since the test began; what is queued is counted in messages. */
    void totals(int accepted, int delivered, int dead, int queued) {
        view.awaitTotals(
                before.get("accepted") + accepted,
                before.get("delivered") + delivered,
                before.get("dead") + dead,
                before.get("queued") + queued);
    }

    /** The types of what happened to this address, in order. */
    List<String> fate(String address) {
        return events.of(address).stream().map(l -> l.replaceAll(" .*", "")).toList();
    }

    void awaitFate(String address, String... types) {
        await().atMost(SOON).untilAsserted(() -> assertThat(fate(address)).containsExactly(types));
    }

    /** How often each recipient got a message. */
    Map<String, Integer> arrivals() {
        Map<String, Integer> all = new TreeMap<>();
        exchange.log().received().forEach(m -> m.recipients().forEach(r -> all.merge(r, 1, Integer::sum)));
        return all;
    }

    void once(String... addresses) {
        assertThat(arrivals())
                .containsOnlyKeys(addresses)
                .allSatisfy((who, times) -> assertThat(times).as(who).isEqualTo(1));
    }
}
