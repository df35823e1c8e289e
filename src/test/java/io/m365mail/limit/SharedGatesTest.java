package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.app.LogOf;
import io.m365mail.config.BundleConfig;
import io.m365mail.limit.Gate.Mode;
import io.m365mail.limit.Gate.Place;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same transport in two instances on one store: each with gates of its own, and with a clock that the test moves. */
class SharedGatesTest {
    private static final Duration NOW = Duration.ZERO;

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private Instance one;
    private Instance two;

    /** What a process has of its own. */
    private final class Instance implements AutoCloseable {
        final Store store = Store.open(new BundleConfig.Store(url, "sa", null), data);
        final Gates gates = new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
        final TransportGate gate;
        final ExternalPark park;

        Instance() throws Exception {
            gate = gates.create(Transports.mailbox("alerts", "alerts@contoso.com", Transports.limits(30, 3, 1000)));
            park = gates.externalPark();
        }

        Gate.State state() {
            gates.share();
            return gate.state();
        }

        @Override
        public void close() {
            gates.close();
            store.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        one = new Instance();
        two = new Instance();
        // The first gives up what the second is to have.
        one.gates.share();
        two.gates.share();
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    @Test
    void whatOneHoldsParksStopsAndResumesTheOtherDoesToo() {
        one.gate.hold("535 5.7.139");
        one.gates.share();
        assertThat(two.state().mode()).isEqualTo(Mode.HELD);
        assertThat(two.state().reason()).isEqualTo("535 5.7.139");
        assertThat(two.state().since()).isEqualTo(clock.now());
        two.gate.stop("by hand");
        two.gates.share();
        assertThat(one.state().stopped()).isTrue();
        one.gate.resume();
        one.gates.share();
        assertThat(two.state().mode()).isEqualTo(Mode.OPEN);
        Instant until = clock.now().plus(Duration.ofHours(1));
        two.gate.park(until, "quota");
        two.gates.share();
        assertThat(one.state().until()).isEqualTo(until);
        clock.advance(Duration.ofHours(1));
        assertThat(one.gate.state().mode()).isEqualTo(Mode.OPEN);
        assertThat(two.state().mode()).isEqualTo(Mode.OPEN);
    }

    @Test
    void whereBothChangeAtOnceTheStrongerStays() {
        one.gate.stop("by hand");
        two.gate.park(clock.now().plus(Duration.ofHours(1)), "quota");
        for (int i = 0; i < 2; i++) {
            one.gates.share();
            two.gates.share();
        }
        assertThat(one.state().stopped()).isTrue();
        assertThat(two.state().stopped()).isTrue();
    }

    @Test
    void oneProbeAtATimeOverBothAtTheDistanceThatBothHaveComeTo() throws Exception {
        one.gate.hold("535 5.7.139");
        one.gates.share();
        two.gates.share();
        for (int minutes : new int[] {1, 2, 4, 8, 15}) {
            clock.advance(Duration.ofMinutes(minutes).minusMillis(1));
            assertThat(one.gate.await(NOW)).isNull();
            assertThat(two.gate.await(NOW)).isNull();
            clock.advance(Duration.ofMillis(1));
            // In turn: whoever probes, the other goes by his result.
            Instance first = minutes % 2 == 0 ? one : two;
            Instance second = first == one ? two : one;
            try (Place probe = first.gate.await(NOW)) {
                assertThat(probe.probe()).isTrue();
                assertThat(second.gate.await(NOW)).as("a second probe").isNull();
                probe.received();
            }
            first.gates.share();
            assertThat(second.gate.await(NOW)).as("so soon").isNull();
        }
    }

    @Test
    void whatOneProbeSaidDoesNotKeepTheOtherFromOpening() throws Exception {
        one.gate.hold("535 5.7.139 at 8:00");
        one.gates.share();
        two.gates.share();
        one.gate.hold("535 5.7.139 at 8:01");
        await().untilAsserted(() -> assertThat(storedReason()).endsWith("8:01"));
        two.gate.resume();
        two.gates.share();
        assertThat(two.state().mode()).isEqualTo(Mode.OPEN);
        assertThat(one.state().mode()).isEqualTo(Mode.OPEN);
    }

    private String storedReason() throws Exception {
        return one.store.transaction(c -> {
            try (var row = c.createStatement().executeQuery("SELECT reason FROM m365_gate_state")) {
                return row.next() ? row.getString(1) : "";
            }
        });
    }

    @Test
    void aProbeThatDiedIsFollowedByOneOfTheOther() throws Exception {
        one.gate.hold("535 5.7.139");
        one.gates.share();
        two.gates.share();
        clock.advance(Duration.ofMinutes(1));
        assertThat(one.gate.await(NOW).probe()).isTrue();
        clock.advance(Duration.ofSeconds(59));
        assertThat(two.gate.await(NOW)).isNull();
        clock.advance(Duration.ofSeconds(1));
        try (Place probe = two.gate.await(NOW)) {
            assertThat(probe.probe()).isTrue();
            two.gate.resume();
        }
        two.gates.share();
        assertThat(one.state().mode()).isEqualTo(Mode.OPEN);
    }

    @Test
    void externalMailThatOneParksWaitsAtBothUntilEitherResumes() {
        one.park.park("contoso.com", clock.now().plus(Duration.ofHours(1)), "5.7.236");
        one.gates.share();
        two.gates.share();
        assertThat(two.park.waits("contoso.com")).isTrue();
        assertThat(two.park.waits("fabrikam.com")).isFalse();
        two.park.resume();
        two.gates.share();
        one.gates.share();
        assertThat(one.park.waits("contoso.com")).isFalse();
    }

    @Test
    void aRoundThatFailsDoesNotEndTheRounds() throws Exception {
        try (var log = new LogOf(LimitThread.class.getName())) {
            execute("INSERT INTO m365_gate_state (transport, gate_mode, reason, since_at, until_at)"
                    + " VALUES ('other', 'UNHEARD_OF', 'x', 1, 1)");
            await().until(() -> log.count("A round of the limits failed") >= 2);
            execute("DELETE FROM m365_gate_state WHERE transport = 'other'");
            one.gate.hold("535 5.7.139");
            await().until(() -> two.gate.state().mode() == Mode.HELD);
            assertThat(log.count("A round of the limits failed"))
                    .as("once for each instance")
                    .isEqualTo(2);
        }
    }

    private void execute(String sql) throws Exception {
        one.store.transaction(c -> Store.update(c, sql));
    }
}
