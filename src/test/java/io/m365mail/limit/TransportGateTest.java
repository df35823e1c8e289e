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
    private static final Duration NOW = Duration.ZERO;

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> changes = new ArrayList<>();
    private Store store;
    private Gates gates;

    @BeforeEach
    void open() {
        store = Transports.store(data);
        gates = newGates();
    }

    private Gates newGates() {
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

    private TransportGate gate(int perMinute, int connections, int perDay) throws Exception {
        return gates.create(
                Transports.mailbox("alerts", "alerts@contoso.com", Transports.limits(perMinute, connections, perDay)));
    }

    private static void send(Gate gate, int recipients) throws InterruptedException {
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
        clock.advance(Duration.ofMillis(60_099));
        assertThat(gate.await(NOW)).isNull();
        assertThat(sent).hasValue(30);
        clock.advance(Duration.ofMillis(1));
        await().untilAtomic(sent, org.hamcrest.Matchers.equalTo(60));
        clock.advance(Duration.ofMillis(60_099));
        assertThat(gate.await(NOW)).isNull();
        assertThat(sent).hasValue(60);
        clock.advance(Duration.ofMillis(1));
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
            clock.advance(Duration.ofMillis(60_100));
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
}
