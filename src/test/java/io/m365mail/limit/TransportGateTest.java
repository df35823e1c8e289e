package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.limit.Gate.Place;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One transport and its gate, with a clock that the test moves. */
class TransportGateTest {
    static final Duration NOW = Duration.ZERO;

    @TempDir
    Path data;

    final ManualClock clock = clock();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> changes = new ArrayList<>();
    Store store;
    Gates gates;

    @BeforeEach
    void open() throws Exception {
        store = openStore();
        gates = newGates();
    }

    /** Embedded; another database where a subclass says so. */
    Store openStore() throws Exception {
        return Transports.store(data);
    }

    /** Both the steady count and the wall clock, of the store too. */
    void advance(Duration by) throws Exception {
        clock.advance(by);
    }

    ManualClock clock() {
        return new ManualClock();
    }

    Gates newGates() {
        return new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), (transport, state) -> {
            synchronized (changes) {
                changes.add(transport + " " + state.mode());
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        gates.close();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        store.close();
    }

    TransportGate gate(int perMinute, int connections, int perDay) throws Exception {
        return gates.create(
                Transports.mailbox("alerts", "alerts@contoso.com", Transports.limits(perMinute, connections, perDay)));
    }

    static void send(Gate gate, int recipients) throws InterruptedException {
        try (Place place = gate.await(NOW)) {
            assertThat(place).as("a place").isNotNull();
            assertThat(place.reserve(recipients)).isNull();
            place.answered();
        }
    }

    @Test
    void seventyFiveMessagesForOneMailboxTakeTwoMinutes() throws Exception {
        TransportGate gate = gate(30, 3, 10_000);
        AtomicInteger toSend = new AtomicInteger(75);
        AtomicInteger sent = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            threads.submit(() -> {
                while (toSend.getAndDecrement() > 0) {
                    try (Place place = gate.await(Duration.ofDays(1))) {
                        assertThat(place.reserve(1)).isNull();
                        sent.incrementAndGet();
                    }
                }
                return null;
            });
        }
        await().untilAtomic(sent, org.hamcrest.Matchers.equalTo(30));
        advance(Duration.ofMillis(60_099));
        assertThat(gate.await(NOW)).isNull();
        assertThat(sent).hasValue(30);
        advance(Duration.ofMillis(1));
        await().untilAtomic(sent, org.hamcrest.Matchers.equalTo(60));
        advance(Duration.ofMillis(60_099));
        assertThat(gate.await(NOW)).isNull();
        assertThat(sent).hasValue(60);
        advance(Duration.ofMillis(1));
        await().untilAtomic(sent, org.hamcrest.Matchers.equalTo(75));
    }

    @Test
    void aHangingSendCostsOnePlaceAndNotThePace() throws Exception {
        TransportGate gate = gate(30, 3, 0);
        Place hanging = gate.await(NOW);
        assertThat(hanging.reserve(1)).isNull();
        for (int minute = 0; minute < 5; minute++) {
            for (int i = 0; i < 29; i++) {
                send(gate, 1);
            }
            assertThat(gate.await(NOW)).isNull();
            advance(Duration.ofMillis(60_100));
        }
        hanging.close();
        for (int i = 0; i < 29; i++) {
            send(gate, 1);
        }
        assertThat(gate.await(NOW)).isNull();
    }

    @Test
    void placesAreNeverMoreThanConnectionsNorThanTheMinuteHasRoomFor() throws Exception {
        TransportGate gate = gate(4, 3, 0);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            places.add(gate.await(NOW));
        }
        assertThat(places).doesNotContainNull();
        assertThat(gate.await(NOW)).as("a fourth connection").isNull();
        places.remove(0).close();
        send(gate, 1);
        send(gate, 1);
        assertThat(gate.await(NOW)).as("two sent, two places out").isNull();
        places.forEach(Place::close);
        assertThat(gate.current()).isNull();
    }

    private void reopen() throws Exception {
        gates.close();
        store.close();
        store = openStore();
        gates = newGates();
    }

    @Test
    void theDaysRecipientsAreCountedOverRestartsAndParkTheGate() throws Exception {
        TransportGate gate = gate(0, 3, 100);
        send(gate, 60);
        advance(Duration.ofHours(1));
        send(gate, 30);
        reopen();
        gate = gate(0, 3, 100);
        assertThat(gate.state().usedLastDay()).isEqualTo(90);
        try (Place place = gate.await(NOW)) {
            assertThat(place.reserve(11))
                    .isEqualTo(clock.now().plus(Duration.ofHours(23)).plusMillis(100));
        }
        assertThat(gate.state().mode()).as("ten would still fit").isEqualTo(Gate.Mode.OPEN);
        send(gate, 10);
        try (Place place = gate.await(NOW)) {
            assertThat(place.reserve(1)).isNotNull();
        }
        assertThat(gate.state().mode()).isEqualTo(Gate.Mode.PARKED);
        assertThat(gate.await(NOW)).isNull();
        advance(Duration.ofHours(23).plusMillis(99));
        assertThat(gate.await(NOW)).isNull();
        advance(Duration.ofMillis(1));
        send(gate, 60);
        assertThat(gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
    }

    @Test
    void whatWasInFlightAtACrashCountsFromTheRecovery() throws Exception {
        TransportGate gate = gate(2, 3, 0);
        assertThat(gate.await(NOW).reserve(1)).isNull();
        assertThat(gate.await(NOW).reserve(1)).isNull();
        store.close();
        gates.close();
        advance(Duration.ofMinutes(10));
        store = openStore();
        gates = newGates();
        gate = gate(2, 3, 0);
        assertThat(gate.await(NOW)).isNull();
        assertThat(gate.state().usedLastMinute()).isEqualTo(2);
        advance(Duration.ofMillis(60_100));
        send(gate, 1);
    }

    @Test
    void aClockSetBackWhileWeWereDownMakesUsSlowerAndNeverFaster() throws Exception {
        TransportGate gate = gate(1, 3, 0);
        send(gate, 1);
        gates.close();
        store.close();
        clock.stepWallClock(Duration.ofHours(-5));
        store = openStore();
        gates = newGates();
        gate = gate(1, 3, 0);
        assertThat(gate.await(NOW)).isNull();
        advance(Duration.ofMillis(60_100));
        send(gate, 1);
    }

    @Test
    void theWallClockMayJumpWhileWeRun() throws Exception {
        TransportGate gate = gate(1, 3, 0);
        send(gate, 1);
        clock.stepWallClock(Duration.ofHours(5));
        assertThat(gate.await(NOW)).isNull();
        advance(Duration.ofMillis(60_100));
        send(gate, 1);
    }

    @Test
    void aHeldGateGivesOneProbeAtATimeAtGrowingDistance() throws Exception {
        TransportGate gate = gate(30, 3, 0);
        gate.hold("535 5.7.139 Authentication\r\nunsuccessful");
        assertThat(gate.state().reason()).isEqualTo("535 5.7.139 Authentication unsuccessful");
        for (int minutes : new int[] {1, 2, 4, 8, 15, 15}) {
            advance(Duration.ofMinutes(minutes).minusMillis(1));
            assertThat(gate.await(NOW)).isNull();
            advance(Duration.ofMillis(1));
            try (Place idle = gate.await(NOW)) {
                assertThat(idle.probe()).isTrue();
                assertThat(gate.await(NOW)).as("a second probe").isNull();
            }
            try (Place probe = gate.await(NOW)) {
                assertThat(probe.probe())
                        .as("the queue was empty, so it was not tried")
                        .isTrue();
                probe.received();
            }
            assertThat(gate.await(NOW)).isNull();
            // That the probe failed is in a shared store before the clock jumps.
            gates.share();
        }
        advance(Duration.ofMinutes(15));
        try (Place probe = gate.await(NOW)) {
            assertThat(probe.reserve(1)).isNull();
            gate.resume();
        }
        try (Place place = gate.await(NOW)) {
            assertThat(place.probe()).isFalse();
        }
        assertThat(changes).containsExactly("alerts HELD", "alerts OPEN");
    }

    @Test
    void holdsAndParksSurviveARestart() throws Exception {
        TransportGate gate = gate(30, 3, 0);
        gate.hold("bad password");
        var since = clock.now();
        advance(Duration.ofMinutes(3));
        reopen();
        gate = gate(30, 3, 0);
        assertThat(gate.state()).isEqualTo(new Gate.State(Gate.Mode.HELD, "bad password", null, since, 0, 0));
        assertThat(gate.await(NOW)).isNull();
        gate.resume();
        gate.park(clock.now().plus(Duration.ofHours(1)), "quota");
        reopen();
        gate = gate(30, 3, 0);
        assertThat(gate.state().mode()).isEqualTo(Gate.Mode.PARKED);
        advance(Duration.ofHours(1));
        assertThat(gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
        reopen();
        assertThat(gate(30, 3, 0).state().mode()).isEqualTo(Gate.Mode.OPEN);
    }

    @Test
    void aHoldIsStrongerThanAPark() throws Exception {
        TransportGate gate = gate(30, 3, 0);
        gate.park(clock.now().plus(Duration.ofHours(1)), "quota");
        gate.park(clock.now().plus(Duration.ofMinutes(1)), "an earlier end does not count");
        assertThat(gate.state().until()).isEqualTo(clock.now().plus(Duration.ofHours(1)));
        gate.hold("bad password");
        gate.park(clock.now().plus(Duration.ofHours(2)), "quota");
        assertThat(gate.state().mode()).isEqualTo(Gate.Mode.HELD);
        assertThat(gate.state().reason()).isEqualTo("bad password");
    }

    @Test
    void waitersAreServedInTheirOrderAndWokenByACloseAndByAPlaceGivenBack() throws Exception {
        TransportGate gate = gate(0, 1, 0);
        Place only = gate.await(NOW);
        List<Integer> order = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<java.util.concurrent.Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int me = i;
            Thread[] thread = new Thread[1];
            waiting.add(threads.submit(() -> {
                thread[0] = Thread.currentThread();
                try (Place place = gate.await(Duration.ofDays(1))) {
                    order.add(me);
                }
                return null;
            }));
            await().until(() -> thread[0] != null && thread[0].getState() == Thread.State.WAITING);
        }
        only.close();
        for (var waiter : waiting) {
            waiter.get(5, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly(0, 1, 2);
        Place last = gate.await(NOW);
        var woken = threads.submit(() -> gate.await(Duration.ofDays(1)));
        gate.close();
        assertThat(woken.get(5, TimeUnit.SECONDS)).isNull();
        last.close();
    }

    @Test
    void twoTransportsOfOneMailboxShareItsLimitAndNeitherHogsItWhileIdle() throws Exception {
        TransportGate busy = gate(30, 3, 0);
        TransportGate idle =
                gates.create(Transports.mailbox("other", "Alerts@Contoso.com", Transports.limits(30, 3, 0)));
        for (int i = 0; i < 15; i++) {
            send(busy, 1);
            send(idle, 1);
        }
        assertThat(busy.await(NOW)).isNull();
        assertThat(idle.await(NOW)).isNull();
        advance(Duration.ofMillis(60_100));
        for (int i = 0; i < 29; i++) {
            send(busy, 1);
        }
        try (Place last = idle.await(NOW)) {
            assertThat(last.patience()).as("the busy one waits for it").isZero();
        }
        send(busy, 1);
    }

    @Test
    void withoutLimitsTheStoreIsNotNeeded() throws Exception {
        Gate gate = gates.create(Transports.server("onprem", Transports.limits(0, 3, 0)));
        store.close();
        for (int i = 0; i < 100; i++) {
            send(gate, 50);
        }
        assertThat(gate.state().usedLastMinute()).isEqualTo(100);
        store = openStore();
    }

    @Test
    void aPlaceIsGoodForSendsInARowAndForNoneAfterItsEnd() throws Exception {
        TransportGate gate = gate(2, 3, 0);
        Place place = gate.await(NOW);
        assertThat(gate.current()).isSameAs(place);
        assertThat(place.reserve(1)).isNull();
        assertThat(place.reserve(1)).as("the rest after a split").isNull();
        assertThat(place.reserve(1))
                .as("the minute is used up")
                .isEqualTo(clock.now().plusMillis(60_101));
        place.close();
        place.close();
        assertThat(gate.current()).isNull();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> place.reserve(1))
                .hasMessageContaining("given back");
        assertThat(gate.state().usedLastMinute()).isEqualTo(2);
    }
}
