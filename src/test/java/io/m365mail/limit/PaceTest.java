package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.limit.Gate.Place;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate whose server asks for less, with a clock that the test moves. */
class PaceTest {
    private static final String BUSY = "451 4.7.500 Server busy";
    private static final Duration LATER = Duration.ofSeconds(6);

    @TempDir
    private Path data;

    private final ManualClock clock = new ManualClock();
    private Store store;
    private Gates gates;

    @BeforeEach
    void open() {
        store = Transports.store(data);
        gates = new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
    }

    @AfterEach
    void close() {
        gates.close();
        store.close();
    }

    private TransportGate gate(String name, int connections) throws Exception {
        return gates.create(Transports.server(name, Transports.limits(0, connections, 0)));
    }

    /** Takes all places that are given now, and gives them back. */
    private static int places(Gate gate) throws InterruptedException {
        List<Place> places = new ArrayList<>();
        for (Place p = gate.await(Duration.ZERO); p != null; p = gate.await(Duration.ZERO)) {
            places.add(p);
        }
        places.forEach(Place::close);
        return places.size();
    }

    @Test
    void eachRequestHalvesTheConnectionsAndEachGoodMinuteGivesOneBack() throws Exception {
        TransportGate gate = gate("mx", 10);
        TransportGate other = gate("other", 10);
        gate.slower(BUSY);
        assertThat(places(gate)).isEqualTo(5);
        gate.slower(BUSY);
        assertThat(places(gate)).as("the same moment is one request").isEqualTo(5);
        clock.advance(LATER);
        gate.slower(BUSY);
        assertThat(places(gate)).isEqualTo(2);
        clock.advance(Duration.ofSeconds(59));
        assertThat(places(gate)).isEqualTo(2);
        clock.advance(Duration.ofSeconds(1));
        assertThat(places(gate)).isEqualTo(3);
        clock.advance(Duration.ofMinutes(7));
        assertThat(places(gate)).isEqualTo(10);
        clock.advance(Duration.ofHours(1));
        assertThat(gate.connections()).as("never above the limit").isEqualTo(10);
        assertThat(other.connections()).isEqualTo(10);
    }

    @Test
    void withOneConnectionLeftThereIsAPauseBetweenMessages() throws Exception {
        TransportGate gate = gate("mx", 1);
        gate.slower(BUSY);
        assertThat(places(gate)).isZero();
        clock.advance(Duration.ofSeconds(5));
        assertThat(places(gate)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(4));
        assertThat(places(gate)).as("five seconds after each").isZero();
        clock.advance(Duration.ofSeconds(1));
        gate.slower(BUSY);
        clock.advance(Duration.ofSeconds(9));
        assertThat(places(gate)).as("ten seconds now").isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(places(gate)).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            clock.advance(LATER);
            gate.slower(BUSY);
        }
        clock.advance(Duration.ofSeconds(59));
        assertThat(places(gate)).as("a minute at most").isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(places(gate)).isEqualTo(1);
        assertThat(gate.await(Duration.ZERO))
                .as("a good minute has ended the pause")
                .isNotNull();
    }

    @Test
    void whoWaitsIsServedWhenAConnectionComesBack() throws Exception {
        TransportGate gate = gate("mx", 2);
        Place first = gate.await(Duration.ZERO);
        gate.slower(BUSY);
        var second = new java.util.concurrent.CompletableFuture<Place>();
        Thread waiting = new Thread(() -> {
            try {
                second.complete(gate.await(Duration.ofDays(1)));
            } catch (InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        waiting.start();
        clock.advance(Duration.ofSeconds(59));
        assertThat(second).isNotDone();
        clock.advance(Duration.ofSeconds(1));
        assertThat(second.get(10, java.util.concurrent.TimeUnit.SECONDS)).isNotNull();
        first.close();
        waiting.join();
    }
}
