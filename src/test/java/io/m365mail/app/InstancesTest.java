package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.broker.BrokerTimeouts;
import io.m365mail.limit.Gate;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.FreezingProxy;
import io.m365mail.testing.SharedStore;
import io.m365mail.testing.SmtpSink;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances with the same transports on one broker and one PostgreSQL are one as to limits, holds and moves. */
@Timeout(180)
class InstancesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ALERTS = "alerts@contoso.com";
    /** Below target, so that keytool runs once. */
    private static final Path SANDBOX = Path.of("target", "sandbox-instances");

    private static SharedStore store;

    @TempDir
    private Path folder;

    private OtherBroker broker;
    private Sandbox sandbox;
    private SmtpSink sink;
    private RunningBundle one;
    private RunningBundle two;

    @BeforeAll
    static void startStore() throws Exception {
        store = new SharedStore();
    }

    @AfterAll
    static void stopStore() throws Exception {
        store.close();
    }

    @BeforeEach
    void start() throws Exception {
        store.empty();
        broker = new OtherBroker(folder, true, true);
        sandbox = Sandbox.builder(SANDBOX).clock(store.clock().asClock()).build();
        sandbox.mailbox(ALERTS, "secret1");
        sandbox.start();
        sink = new SmtpSink(true);
        one = bundle("one", "");
        two = bundle("two", "");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {one, two, sink, sandbox, broker}) {
            if (part != null) {
                part.close();
            }
        }
    }

    private RunningBundle bundle(String name, String more) throws Exception {
        var timing = new BundleTiming(
                        store.clock().asClock(),
                        store.timing(),
                        Duration.ofMillis(1),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(15))
                .with(new BrokerTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20)), Duration.ofSeconds(30));
        String store = more.contains("m365.store.url") ? withoutStore() : properties();
        return RunningBundle.start(folder.resolve(name), store + more, timing);
    }

    private String properties() {
        return withoutStore() + store.properties();
    }

    private String withoutStore() {
        return RunningBundle.mailbox("alerts", sandbox, ALERTS, "secret1")
                + sink.transport("onprem")
                + "m365.broker.url=" + broker.url() + "\nm365.broker.username=relay\nm365.broker.password=secret\n";
    }

    private void submit(RunningBundle to, int messages) throws Exception {
        try (var submitter = new SmtpSubmitter(to.smtpPort())) {
            for (int i = 1; i <= messages; i++) {
                submitter.send(ALERTS, "alert " + i, "ops" + to.smtpPort() + "-" + i + "@fabrikam.com");
            }
        }
    }

    private static Gate.State state(RunningBundle bundle) {
        return bundle.bundle().infrastructure().gates().get("alerts").state();
    }

    private static void post(RunningBundle bundle, String path) throws Exception {
        assertThat(bundle.post("/api/transports/alerts/" + path).statusCode()).isEqualTo(200);
    }

    private void awaitReceived(int n) throws Exception {
        sandbox.log().awaitReceived(n, SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(sandbox.log().receivedCount()).isEqualTo(n));
    }

    /** Who had taken a place before the hold waits for a message for a second at most. */
    private static void awaitIdlePlacesBack() {
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
    }

    @Test
    void theMailboxsMinuteAndConnectionsAreThoseOfBothTogether() throws Exception {
        submit(one, 40);
        submit(two, 35);
        awaitReceived(30);
        for (int expected : new int[] {60, 75}) {
            store.advance(Duration.ofSeconds(60));
            assertThat(sandbox.log().receivedCount()).isEqualTo(expected == 60 ? 30 : 60);
            store.advance(Duration.ofMillis(400));
            awaitReceived(expected);
        }
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isEqualTo(30);
        assertThat(sandbox.log().maxConnections(ALERTS)).isLessThanOrEqualTo(3);
        assertThat(sandbox.log().refusals()).isEmpty();
        assertThat(sandbox.log().duplicates()).isEmpty();
    }

    @Test
    void aHoldByHandHoldsBothAndEitherResumes() throws Exception {
        post(one, "hold?reason=maintenance");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(state(two).stopped()).isTrue());
        assertThat(state(two).reason()).contains("by hand", "maintenance");
        awaitIdlePlacesBack();
        submit(two, 3);
        submit(one, 2);
        store.advance(Duration.ofHours(1));
        assertThat(sandbox.log().receivedCount()).isZero();
        two.close();
        two = bundle("two", "");
        assertThat(state(two).stopped()).as("after a restart").isTrue();
        post(two, "resume");
        awaitReceived(5);
        await().atMost(SOON).untilAsserted(() -> assertThat(state(one).mode()).isEqualTo(Gate.Mode.OPEN));
    }

    @Test
    void aRefusedLoginHoldsBothAndOneOfThemProbesAtATime() throws Exception {
        sandbox.mailbox(ALERTS, "changed");
        submit(one, 6);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(state(one).mode()).isEqualTo(Gate.Mode.HELD);
            assertThat(state(two).mode()).isEqualTo(Gate.Mode.HELD);
        });
        int before = refusedLogins();
        for (int minutes : new int[] {1, 2, 4}) {
            int refused = refusedLogins();
            advanceMinutes(minutes);
            await().atMost(SOON).untilAsserted(() -> assertThat(refusedLogins()).isEqualTo(refused + 1));
            // Only then has the instance that probed settled it; the clock must not run away from it.
            await().atMost(SOON).untilAsserted(() -> assertThat(store.count("SELECT next_at FROM m365.m365_probe"))
                    .isGreaterThan(store.clock().now().toEpochMilli()));
        }
        assertThat(refusedLogins()).isEqualTo(before + 3);
        sandbox.mailbox(ALERTS, "secret1");
        advanceMinutes(8);
        awaitReceived(6);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(state(one).mode()).isEqualTo(Gate.Mode.OPEN);
            assertThat(state(two).mode()).isEqualTo(Gate.Mode.OPEN);
        });
    }

    /** In steps that let the instances see each other alive. */
    private static void advanceMinutes(int minutes) throws Exception {
        for (int i = 0; i < minutes; i++) {
            store.advance(Duration.ofMinutes(1));
            long now = store.clock().now().toEpochMilli();
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            store.count("SELECT COUNT(*) FROM m365.m365_connection WHERE seen_at >= " + now))
                    .isEqualTo(2));
        }
        store.advance(Duration.ofMillis(1));
    }

    private int refusedLogins() {
        return (int) sandbox.log().refusals().stream()
                .filter(r -> r.reply().code() == 535)
                .count();
    }

    @Test
    void aQueueThatOneMovesIsCarriedOnceAndTheOtherTakesItBack() throws Exception {
        post(one, "move?to=onprem");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(two.get("/api/status")).contains("\"handedTo\":\"onprem\""));
        submit(one, 10);
        submit(two, 10);
        assertThat(sink.await(20, SOON)).hasSize(20);
        assertThat(sandbox.log().receivedCount()).isZero();
        one.close();
        one = bundle("one", "");
        assertThat(one.get("/api/status")).as("after a restart").contains("\"handedTo\":\"onprem\"");
        post(two, "resume");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(one.get("/api/status")).doesNotContain("\"handedTo\":\"onprem\""));
        submit(one, 5);
        submit(two, 5);
        awaitReceived(10);
        assertThat(sink.messages()).hasSize(20);
    }

    @Test
    void externalMailParkedByOneWaitsAtBoth() throws Exception {
        one.bundle()
                .infrastructure()
                .externalPark()
                .park(null, store.clock().now().plus(Duration.ofHours(1)), "5.7.233 limit");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        two.bundle().infrastructure().externalPark().waits("contoso.com"))
                .isTrue());
        submit(two, 2);
        await().atMost(SOON).untilAsserted(() -> assertThat(broker.queued("m365.transport.alerts.external"))
                .isEqualTo(2));
        post(one, "resume");
        awaitReceived(2);
        await().atMost(SOON).untilAsserted(() -> assertThat(List.of(one, two))
                .allMatch(b -> !b.bundle().infrastructure().externalPark().waits("contoso.com")));
    }

    @Test
    void theTenantsExternalRecipientsAreThoseOfBothAndInternalMailGoesOn() throws Exception {
        one.close();
        two.close();
        String limit = "m365.tenant.external-recipients-per-day=20\nm365.transport.alerts.recipients-per-message=10\n";
        one = bundle("one", limit);
        two = bundle("two", limit);
        submit(one, 12);
        submit(two, 12);
        awaitReceived(20);
        await().atMost(SOON).untilAsserted(() -> assertThat(broker.queued("m365.transport.alerts.external"))
                .isEqualTo(4));
        SmtpSubmitter.submit(two.smtpPort(), ALERTS, "mixed", "in@contoso.com", "out@fabrikam.com");
        sandbox.log().awaitReceived(21, SOON);
        assertThat(sandbox.log().received().get(20).recipients()).containsExactly("in@contoso.com");
        store.advance(Duration.ofSeconds(6));
        for (RunningBundle each : List.of(one, two)) {
            assertThat(each.get("/api/status")).contains("\"usedLastDay\":20", "\"perDay\":20");
            assertThat(each.get("/observe/metrics"))
                    .contains("m365_tenant_external_recipients{of=\"used\"} 20.0", "{of=\"limit\"} 20.0");
        }
        two.close();
        two = null;
        store.advance(Duration.ofHours(23));
        post(one, "resume");
        assertThat(sandbox.log().receivedCount()).isEqualTo(21);
        store.advance(Duration.ofMinutes(80));
        awaitReceived(26);
    }

    @Test
    void aRollingRestartUnderLoadLosesAndDoublesNothing() throws Exception {
        submit(one, 10);
        two.close();
        submit(one, 10);
        two = bundle("two", "");
        one.close();
        submit(two, 5);
        one = bundle("one", "");
        submit(one, 5);
        awaitReceived(30);
        assertThat(sandbox.log().duplicates()).isEmpty();
        assertThat(sandbox.log().maxConnections(ALERTS)).isLessThanOrEqualTo(3);
        assertThat(sandbox.log().refusals()).isEmpty();
    }

    @Test
    void whenOneIsKilledTheOtherGoesOnAndTheLimitsHold() throws Exception {
        two.close();
        two = null;
        Path file = Files.writeString(folder.resolve("killed.properties"), properties());
        try (var submitter = new SmtpSubmitter(one.smtpPort())) {
            var killed = new KilledBundle(Files.createDirectory(folder.resolve("killed")), file).awaitReady();
            for (int i = 1; i <= 75; i++) {
                submitter.send(ALERTS, "alert " + i, "slow-100ms+" + i + "@fabrikam.com");
            }
            await().atMost(SOON).untilAsserted(() -> assertThat(sendersSoFar()).isEqualTo(2));
            sandbox.log().awaitReceived(10, SOON);
            killed.killAfter(Duration.ZERO);
        }
        // What was in flight at the kill may count until nobody can be waiting for its reply any more.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(sandbox.log().receivedCount()).isBetween(24L, 33L));
        while (recipients() < 75) {
            long reached = recipients();
            store.advance(Duration.ofMillis(60_400));
            await().atMost(SOON).untilAsserted(() -> assertThat(recipients()).isGreaterThan(reached));
        }
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isLessThanOrEqualTo(30);
        assertThat(sandbox.log().maxConnections(ALERTS)).isLessThanOrEqualTo(3);
        assertThat(sandbox.log().duplicates()).hasSizeLessThanOrEqualTo(3);
    }

    private static long sendersSoFar() throws Exception {
        return store.count("SELECT COUNT(DISTINCT instance) FROM m365.m365_send");
    }

    private long recipients() {
        return sandbox.log().received().stream()
                .flatMap(m -> m.recipients().stream())
                .distinct()
                .count();
    }

    @Test
    void whileTheStoreIsAwayDeliveriesWaitAndTwoLinesOfEachSaySo() throws Exception {
        one.close();
        two.close();
        try (var proxy = new FreezingProxy(store.port());
                var log = new LogOf("io.m365mail")) {
            one = bundle("one", store.properties(proxy.port()));
            two = bundle("two", store.properties(proxy.port()));
            submit(one, 3);
            awaitReceived(3);
            long done = 3;
            // A server that is down, then a network that swallows everything.
            for (boolean down : new boolean[] {true, false}) {
                long lines = down ? 2 : 4;
                proxy.cut(down);
                proxy.freeze(!down);
                submit(one, 2);
                submit(two, 2);
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(log.count("The store of the limits does not answer"))
                                .isEqualTo(lines));
                await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
                assertThat(sandbox.log().receivedCount()).isEqualTo(done);
                proxy.cut(false);
                proxy.freeze(false);
                done += 4;
                awaitReceived((int) done);
                await().atMost(SOON).untilAsserted(() -> assertThat(log.count("The store of the limits answers again"))
                        .isEqualTo(lines));
            }
            assertThat(log.lines().stream().filter(l -> l.matches("(?s)(WARN|ERROR).*")))
                    .hasSize(4);
            assertThat(sandbox.log().duplicates()).isEmpty();
        }
    }
}
