package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule, checked on the server's clock by a simulation that knows nothing of how the account works. */
class RuleTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private final long seed = System.nanoTime();
    private final ManualClock clock = new ManualClock();

    private static TransportConfig mailbox(int connections) {
        return Transports.mailbox("alerts", "alerts@contoso.com", Transports.limits(30, connections, 0));
    }

    private Gates gates(Store store) {
        return new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
    }

    @RepeatedTest(2)
    void noMinuteOfTheServerHoldsMoreThanThirtyAndFullLoadGetsWhatTheRuleAllows() throws Exception {
        Duration duration = Duration.ofMinutes(20);
        int connections = 1 + new Random(seed).nextInt(12);
        RuleSimulation simulation = new RuleSimulation(clock, new Random(seed));
        try (Store store = Transports.store(data);
                Gates gates = gates(store)) {
            simulation.run(List.of(gates.create(mailbox(connections))), duration);
        }
        int allowed = RuleSimulation.allowed(new Random(seed), duration, 30, connections);
        System.out.printf(
                "seed %d, %d connections: started %d of %d%n", seed, connections, simulation.started, allowed);
        assertThat(simulation.most(MINUTE)).isLessThanOrEqualTo(30);
        assertThat(simulation.started).isGreaterThanOrEqualTo(allowed * 99 / 100);
    }

    @Test
    void alsoAcrossCrashesAndRestarts() throws Exception {
        Random random = new Random(seed);
        RuleSimulation simulation = new RuleSimulation(clock, random);
        for (int life = 0; life < 8; life++) {
            Store store = Transports.store(data);
            Gates gates = gates(store);
            simulation.run(List.of(gates.create(mailbox(3))), Duration.ofSeconds(5 + random.nextInt(90)));
            simulation.crash();
            store.close();
            gates.close();
        }
        System.out.printf("seed %d: started %d%n", seed, simulation.started);
        assertThat(simulation.most(MINUTE)).isLessThanOrEqualTo(30);
        assertThat(simulation.started).isGreaterThan(60);
    }

    @Test
    void alsoAcrossInstancesOnOneStore() throws Exception {
        Duration duration = Duration.ofMinutes(20);
        BundleConfig.Store shared =
                new BundleConfig.Store("jdbc:h2:file:" + data.resolve("shared") + ";WRITE_DELAY=0", "sa", null);
        RuleSimulation simulation = new RuleSimulation(clock, new Random(seed));
        try (Store one = Store.open(shared, data);
                Store two = Store.open(shared, data);
                Gates first = gates(one);
                Gates second = gates(two)) {
            simulation.run(List.of(first.create(mailbox(5)), second.create(mailbox(5))), duration);
        }
        int allowed = RuleSimulation.allowed(new Random(seed), duration, 30, 5);
        System.out.printf("seed %d: two instances started %d of %d%n", seed, simulation.started, allowed);
        assertThat(simulation.most(MINUTE)).isLessThanOrEqualTo(30);
        assertThat(simulation.started).isGreaterThanOrEqualTo(allowed * 95 / 100);
    }
}
