package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.limit.Timing;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.smtp.Stage;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each verdict once, from the SMTP source over TLS to the sandbox: what happens to the message, its other recipients and
 * the transport, with its events, dead letters and counts. Every row of the table is in {@code ReplyTableTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class VerdictsTest {
    private static final Duration SOON = BundleView.SOON;
    private static final String ALERTS = "alerts@contoso.com";
    private static final String LOCKED = "locked@contoso.com";
    private static final String APP = "app@contoso.com";
    private static final String RECONNECT = "tempfail-1x.421-4.3.2.at-mail@contoso.com";
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

    private Sandbox exchange;
    private RunningBundle bundle;
    private BundleView view;
    private EventTape events;
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

    private void submit(String from, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), from, "hello", to);
    }

    /** The change of the totals since the test began; what is queued is counted in messages. */
    private void totals(int accepted, int delivered, int dead, int queued) {
        view.awaitTotals(
                before.get("accepted") + accepted,
                before.get("delivered") + delivered,
                before.get("dead") + dead,
                before.get("queued") + queued);
    }

    /** The types of what happened to this address, in order. */
    private List<String> fate(String address) {
        return events.of(address).stream().map(l -> l.replaceAll(" .*", "")).toList();
    }

    private void awaitFate(String address, String... types) {
        await().atMost(SOON).untilAsserted(() -> assertThat(fate(address)).containsExactly(types));
    }

    /** How often each recipient got a message. */
    private Map<String, Integer> arrivals() {
        Map<String, Integer> all = new TreeMap<>();
        exchange.log().received().forEach(m -> m.recipients().forEach(r -> all.merge(r, 1, Integer::sum)));
        return all;
    }

    private void once(String... addresses) {
        assertThat(arrivals())
                .containsOnlyKeys(addresses)
                .allSatisfy((who, times) -> assertThat(times).as(who).isEqualTo(1));
    }

    @Test
    void deliveredEndsIt() throws Exception {
        submit(ALERTS, "ann@delivered.com", "bob@delivered.com");
        awaitFate("ann@delivered.com", "accepted", "delivered");
        awaitFate("bob@delivered.com", "accepted", "delivered");
        once("ann@delivered.com", "bob@delivered.com");
        assertThat(events.of("ann@delivered.com").get(1)).startsWith("delivered 250");
        totals(2, 2, 0, 0);
    }

    @Test
    void retryPutsOffTheOneAndNobodyElse() throws Exception {
        String busy = "tempfail-2x.451-4.3.0@retry.com";
        submit(ALERTS, "ann@retry.com", busy);
        awaitFate(busy, "accepted", "deferred", "deferred", "delivered");
        awaitFate("ann@retry.com", "accepted", "delivered");
        once("ann@retry.com", busy);
        assertThat(events.of(busy).get(1)).startsWith("deferred 451 4.3.0");
        totals(2, 2, 0, 0);
    }

    @Test
    void reconnectTakesAnotherConnectionAndCountsNoAttempt() throws Exception {
        submit(ALERTS, "first@reconnect.com");
        exchange.log().awaitReceived(1, SOON);
        long connections = exchange.log().connectionCount();
        int sends = view.number("alerts", "usedLastMinute");
        submit(RECONNECT, "ann@reconnect.com");
        awaitFate("ann@reconnect.com", "accepted", "delivered");
        once("first@reconnect.com", "ann@reconnect.com");
        assertThat(exchange.log().refusals())
                .extracting(r -> r.stage() + " " + r.reply().code())
                .containsExactly("MAIL 421");
        assertThat(exchange.log().connectionCount()).isEqualTo(connections + 1);
        assertThat(view.number("alerts", "usedLastMinute")).isLessThanOrEqualTo(sends + 1);
        totals(2, 2, 0, 0);
    }

    @Test
    void splitDeliversTheAcceptedOnesAndTheRestAtOnce() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(10_000, 3, 10_000));
        String[] to = new String[8];
        for (int i = 0; i < to.length; i++) {
            to[i] = "r" + i + "@split.com";
        }
        submit(ALERTS, to);
        exchange.log().awaitReceived(3, SOON);
        once(to);
        assertThat(exchange.log().received())
                .extracting(m -> m.recipients().size())
                .containsExactly(3, 3, 2);
        assertThat(exchange.log().refusals())
                .allSatisfy(r -> assertThat(r.reply().code()).isEqualTo(452));
        for (String r : to) {
            awaitFate(r, "accepted", "delivered");
        }
        totals(8, 8, 0, 0);
    }

    @Test
    void holdKeepsTheQueueAndTheOtherTransportsGoOn() throws Exception {
        exchange.mailbox(LOCKED, "changed");
        exchange.dropConnections();
        try (var log = new LogOf("io.m365mail.limit.TransportGate")) {
            submit(LOCKED, "ann@hold.com");
            submit(LOCKED, "bob@hold.com");
            submit(LOCKED, "carl@hold.com");
            view.awaitState("locked", "held");
            assertThat(view.transport("locked").path("reason").asText()).startsWith("535");
            submit(ALERTS, "dora@hold.com");
            awaitFate("dora@hold.com", "accepted", "delivered");
            totals(4, 1, 0, 3);
            assertThat(fate("ann@hold.com")).as("nobody is blamed").containsExactly("accepted");
            assertThat(log.count("locked on hold: 535")).isEqualTo(1);
        }
        exchange.mailbox(LOCKED, "secret2");
        awaitFate("bob@hold.com", "accepted", "delivered");
        awaitFate("carl@hold.com", "accepted", "delivered");
        once("ann@hold.com", "bob@hold.com", "carl@hold.com", "dora@hold.com");
        totals(4, 4, 0, 0);
        view.awaitState("locked", "open");
    }

    @Test
    void parkKeepsTheQueueUntilTheQuotaFrees() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(2, 500, 10_000));
        submit(LOCKED, "ann@park.com", "bob@park.com");
        exchange.log().awaitReceived(1, SOON);
        submit(LOCKED, "carl@park.com");
        submit(LOCKED, "dora@park.com");
        view.awaitState("locked", "parked");
        submit(LOCKED, "eve@park.com");
        JsonNode parked = view.transport("locked");
        assertThat(parked.path("reason").asText()).contains("SubmissionQuotaExceededException");
        assertThat(Duration.between(
                        Clock.systemUTC().instant(),
                        java.time.Instant.parse(parked.path("until").asText())))
                .isBetween(Duration.ofHours(23), Duration.ofHours(24));
        submit(ALERTS, "fred@park.com");
        awaitFate("fred@park.com", "accepted", "delivered");
        totals(6, 3, 0, 3);
        assertThat(fate("carl@park.com")).containsExactly("accepted");
        exchange.limits(SandboxLimits.none());
        assertThat(view.post("/api/transports/locked/resume")).isEqualTo(200);
        awaitFate("carl@park.com", "accepted", "delivered");
        awaitFate("eve@park.com", "accepted", "delivered");
        once("ann@park.com", "bob@park.com", "carl@park.com", "dora@park.com", "eve@park.com", "fred@park.com");
        totals(6, 6, 0, 0);
    }

    @Test
    void theTenantsLimitParksExternalMailOnly() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(10_000, 500, 1));
        submit(ALERTS, "last@tenant.com");
        exchange.log().awaitReceived(1, SOON);
        submit(ALERTS, "ann@contoso.com", "bob@tenant.com");
        submit(APP, "carl@tenant.com");
        awaitFate("ann@contoso.com", "accepted", "delivered");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(view.number("alerts", "aside") + view.number("connector", "aside"))
                        .isEqualTo(2));
        assertThat(view.state("alerts")).isEqualTo("open");
        assertThat(view.status().path("externalMailParkedUntil").isTextual()).isTrue();
        assertThat(fate("bob@tenant.com")).containsExactly("accepted");
        totals(4, 2, 0, 2);
        exchange.limits(SandboxLimits.none());
        assertThat(view.post("/api/transports/alerts/resume")).isEqualTo(200);
        awaitFate("bob@tenant.com", "accepted", "delivered");
        awaitFate("carl@tenant.com", "accepted", "delivered");
        once("last@tenant.com", "ann@contoso.com", "bob@tenant.com", "carl@tenant.com");
        totals(4, 4, 0, 0);
    }

    @Test
    void aDeadRecipientIsAloneInHisDeadLetter() throws Exception {
        submit(ALERTS, "ann@deadone.com", "reject@deadone.com", "bob@deadone.com");
        awaitFate("reject@deadone.com", "accepted", "dead");
        awaitFate("bob@deadone.com", "accepted", "delivered");
        once("ann@deadone.com", "bob@deadone.com");
        assertThat(view.dead())
                .filteredOn(l -> l.contains("@deadone.com"))
                .singleElement()
                .satisfies(l -> assertThat(l).startsWith("reject@deadone.com: 550 5.1.10"));
        totals(3, 2, 1, 0);
    }

    @Test
    void aDeadMessageIsDeadForAllAndTheNextOneGoes() throws Exception {
        submit("boss@contoso.com", "ann@deadall.com", "bob@deadall.com");
        submit(ALERTS, "carl@deadall.com", "reject.550-5.6.11.at-end@deadall.com");
        submit(ALERTS, "dora@deadall.com");
        awaitFate("ann@deadall.com", "accepted", "dead");
        awaitFate("bob@deadall.com", "accepted", "dead");
        awaitFate("carl@deadall.com", "accepted", "dead");
        awaitFate("dora@deadall.com", "accepted", "delivered");
        once("dora@deadall.com");
        assertThat(view.dead().stream().filter(l -> l.contains("@deadall.com")))
                .hasSize(4)
                .anyMatch(l -> l.startsWith("ann@deadall.com: 554 5.2.252"))
                .anyMatch(l -> l.startsWith("carl@deadall.com: 550 5.6.11"));
        assertThat(exchange.log().refusals()).extracting(r -> r.stage()).containsOnly(Stage.END_OF_DATA);
        totals(5, 1, 4, 0);
    }

    @Test
    void aFaultOfOneDomainDelaysThatDomainOnly() throws Exception {
        String guilty = "tempfail-2x.451-4.4.4.at-end@attr5.com";
        submit(APP, "ann@one.com", guilty, "bob@two.com");
        awaitFate("ann@one.com", "accepted", "delivered");
        awaitFate("bob@two.com", "accepted", "delivered");
        awaitFate(guilty, "accepted", "deferred");
        assertThat(events.of(guilty).get(1)).contains("451 4.4.4", "ATTR5");
        submit(APP, "carl@one.com");
        awaitFate("carl@one.com", "accepted", "delivered");
        once("ann@one.com", "bob@two.com", "carl@one.com");
        assertThat(view.number("connector", "delayed")).as("for half an hour").isEqualTo(1);
        totals(4, 3, 0, 1);
    }
}
