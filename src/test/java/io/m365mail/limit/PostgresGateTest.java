package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import io.m365mail.testing.SharedStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same with a real PostgreSQL, whose clock the limits go by, and which other instances may have open. */
class PostgresGateTest extends TransportGateTest {
    private static SharedStore postgres;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = new SharedStore();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    /** Before the superclass opens it. */
    @Override
    @BeforeEach
    void open() throws Exception {
        postgres.empty();
        super.open();
    }

    @Override
    Store openStore() {
        return Store.open(postgres.config(), data);
    }

    @Override
    ManualClock clock() {
        return postgres.clock();
    }

    @Override
    void advance(Duration by) throws Exception {
        // The limits' thread is done then with what came before: else it might look at two clocks, an hour apart.
        gates.share();
        postgres.advance(by);
    }

    /** Nobody but the instance that is gone knows whether its sends are over. */
    @Override
    @Test
    void whatWasInFlightAtACrashCountsFromTheRecovery() throws Exception {
        TransportGate gate = gate(2, 3, 0);
        assertThat(gate.await(NOW).reserve(1)).isNull();
        assertThat(gate.await(NOW).reserve(1)).isNull();
        store.close();
        gates.close();
        store = openStore();
        gates = newGates();
        gate = gate(2, 3, 0);
        advance(Duration.ofMinutes(9));
        assertThat(gate.await(NOW)).isNull();
        assertThat(gate.state().usedLastMinute()).isEqualTo(2);
        advance(Duration.ofMinutes(2));
        // The connections of the one that is gone are this one's now.
        gates.share();
        send(gate, 1);
    }

    /** The store's own clock counts, whatever that of the machine does. */
    @Override
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
        clock.stepWallClock(Duration.ofHours(5));
        assertThat(gate.await(NOW)).isNull();
        advance(Duration.ofMillis(60_100));
        send(gate, 1);
    }
}
