package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three connections of one mailbox, divided among instances that come, go and die. */
class ConnectionShareTest {
    private static final int CONNECTIONS = 3;
    private static final String KEY = "mailbox:alerts@contoso.com";

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private Store store;
    private final List<Instance> instances = new ArrayList<>();

    /** Opens as many connections as it may, and keeps them. */
    private final class Instance implements Sockets {
        final ConnectionShare share;
        int open;
        int inUse;

        Instance(int number) {
            share = new ConnectionShare(store, clock, KEY, "instance-" + number);
            share.add(this);
        }

        void round() throws Exception {
            share.settle(CONNECTIONS, () -> inUse);
            open = Math.max(open, share.of(CONNECTIONS));
        }

        @Override
        public int open() {
            return open;
        }

        @Override
        public void closeIdle(int most) {
            open = Math.min(open, Math.max(most, inUse));
        }
    }

    @BeforeEach
    void open() throws Exception {
        store = Store.open(
                new BundleConfig.Store("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", null), data);
        new SendLedger(store, clock, "x").prepare(KEY);
        for (int i = 0; i < 4; i++) {
            instances.add(new Instance(i));
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Integer> openNow() {
        return instances.stream().map(Instance::open).toList();
    }

    private void rounds(Instance... living) throws Exception {
        for (int i = 0; i < 3; i++) {
            for (Instance instance : living) {
                instance.round();
                assertThat(openNow().stream().mapToInt(i2 -> i2).sum()).isLessThanOrEqualTo(CONNECTIONS);
            }
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void theyAreDividedEvenlyAndHandedOverWithoutEverBeingMore() throws Exception {
        rounds(instances.get(0));
        assertThat(openNow()).containsExactly(3, 0, 0, 0);
        rounds(instances.get(0), instances.get(1));
        assertThat(openNow()).containsExactly(2, 1, 0, 0);
        rounds(instances.toArray(Instance[]::new));
        assertThat(openNow()).as("more instances than connections").containsExactly(1, 1, 1, 0);
    }

    @Test
    void whatIsInUseIsGivenUpWhenItComesBack() throws Exception {
        rounds(instances.get(0));
        instances.get(0).inUse = 3;
        rounds(instances.get(0), instances.get(1));
        assertThat(openNow()).containsExactly(3, 0, 0, 0);
        assertThat(instances.get(0).share.of(CONNECTIONS)).as("no fourth place").isEqualTo(2);
        instances.get(0).inUse = 2;
        rounds(instances.get(0), instances.get(1));
        assertThat(openNow()).containsExactly(2, 1, 0, 0);
    }

    @Test
    void oneThatLeavesIsFollowedAtOnceAndOneThatDiedAfterTwoMinutes() throws Exception {
        Instance first = instances.get(0);
        Instance second = instances.get(1);
        Instance third = instances.get(2);
        rounds(first, second, third);
        third.open = 0;
        third.share.leave();
        rounds(first, second);
        assertThat(openNow()).containsExactly(2, 1, 0, 0);
        first.open = 0;
        clock.advance(Duration.ofMillis(ConnectionShare.LEASE - 10_000));
        rounds(second);
        assertThat(second.open()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(10));
        rounds(second);
        assertThat(second.open()).isEqualTo(3);
    }

    @Test
    void inAnyOrderOfComingAndGoingTheyAreNeverMore() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            Instance instance = instances.get(random.nextInt(4));
            if (random.nextInt(20) == 0) {
                instance.inUse = 0;
                instance.open = 0;
                instance.share.leave();
                instance.share.settle(0, () -> 0);
                instance.share.leave();
            } else {
                instance.round();
                instance.inUse = random.nextInt(instance.open + 1);
            }
            assertThat(openNow().stream().mapToInt(n -> n).sum())
                    .as("seed " + seed)
                    .isLessThanOrEqualTo(CONNECTIONS);
            clock.advance(Duration.ofMillis(random.nextInt(500)));
        }
    }

    @Test
    void itSaysWhetherAnythingIsNewAndNothingIsWhereNobodyShares() throws Exception {
        ConnectionShare first = instances.get(0).share;
        assertThat(first.settle(CONNECTIONS, () -> 0)).isTrue();
        assertThat(first.settle(CONNECTIONS, () -> 0)).isFalse();
        try (Store own = Store.open(new BundleConfig.Store("embedded", null, null), data)) {
            var alone = new ConnectionShare(own, clock, KEY, "alone");
            assertThat(alone.settle(CONNECTIONS, () -> 0)).isFalse();
            assertThat(alone.of(CONNECTIONS)).isEqualTo(CONNECTIONS);
        }
    }
}
