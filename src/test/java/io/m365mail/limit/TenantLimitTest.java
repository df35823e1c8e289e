package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig;
import io.m365mail.limit.Gate.Place;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tenant's external recipients over two mailboxes, days and restarts, with a clock that the test moves. */
class TenantLimitTest {
    private static final int PER_DAY = 1000;

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private Store store;
    private Gates gates;
    private ExternalPark park;
    private TenantLimit tenant;
    private Gate alerts;
    private Gate news;
    private Gate onprem;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(new BundleConfig.Store(url, "sa", null), data);
        gates = new Gates(store, clock, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
        park = gates.externalPark();
        tenant = gates.limitTenant(PER_DAY, "contoso.com"::equals);
        alerts = gates.create(Transports.mailbox("alerts", "alerts@contoso.com", Transports.limits(0, 3, 0)));
        news = gates.create(Transports.mailbox("news", "news@contoso.com", Transports.limits(0, 3, 0)));
        onprem = gates.create(Transports.server("onprem", Transports.limits(0, 3, 0)));
    }

    @AfterEach
    void close() {
        gates.close();
        store.close();
    }

    private boolean send(Gate gate, int external, int internal) throws InterruptedException {
        List<String> domains = new java.util.ArrayList<>(Collections.nCopies(external, "fabrikam.com"));
        domains.addAll(Collections.nCopies(internal, "contoso.com"));
        try (Place place = gate.await(Duration.ZERO)) {
            return place.reserve(domains.size(), domains) == null;
        }
    }

    @Test
    void externalRecipientsOfAllMailboxesCountAndInternalOnesAndOtherServersDoNot() throws Exception {
        assertThat(send(alerts, 600, 300)).isTrue();
        assertThat(send(news, 400, 0)).isTrue();
        clock.advance(Duration.ofSeconds(5));
        assertThat(tenant.used()).isEqualTo(1000);
        assertThat(send(alerts, 1, 5)).as("one more").isFalse();
        assertThat(park.waits("contoso.com")).isTrue();
        assertThat(park.state().reason()).contains("1000 external recipients");
        assertThat(send(news, 0, 500)).as("internal").isTrue();
        assertThat(send(onprem, 500, 0)).as("not through Exchange Online").isTrue();
        assertThat(alerts.state().mode()).as("the transport itself").isEqualTo(Gate.Mode.OPEN);
    }

    @Test
    void aDayLaterThereIsRoomAlsoAfterARestart() throws Exception {
        assertThat(send(alerts, 600, 0)).isTrue();
        clock.advance(Duration.ofHours(2));
        assertThat(send(alerts, 400, 0)).isTrue();
        assertThat(send(alerts, 1, 0)).isFalse();
        Instant until = park.state().until();
        assertThat(until)
                .isBetween(clock.now().plus(Duration.ofHours(22)), clock.now().plus(Duration.ofMinutes(1335)));
        close();
        open();
        clock.advance(Duration.ofHours(22));
        assertThat(park.waits("contoso.com")).isTrue();
        assertThat(send(alerts, 1, 0)).isFalse();
        clock.advance(Duration.between(clock.now(), until));
        assertThat(park.waits("contoso.com")).isFalse();
        assertThat(send(alerts, 600, 0)).isTrue();
        assertThat(send(alerts, 1, 0)).isFalse();
    }

    /** Whenever between our count and its reply Exchange Online counts, none of its windows has more. */
    @Test
    void noWindowOf24HoursHoldsMore() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ArrayDeque<long[]> counted = new ArrayDeque<>();
        long inWindow = 0;
        long most = 0;
        for (int i = 0; i < 3000; i++) {
            int n = 1 + random.nextInt(40);
            try (Place place = (i % 2 == 0 ? alerts : news).await(Duration.ZERO)) {
                if (place.reserve(n, Collections.nCopies(n, "fabrikam.com")) == null) {
                    // It is counted at the very end of a transaction that may take long.
                    clock.advance(Duration.ofSeconds(random.nextInt(20) == 0 ? 599 : random.nextInt(10)));
                    long at = clock.now().toEpochMilli();
                    counted.add(new long[] {at, n});
                    inWindow += n;
                    while (counted.peek()[0] <= at - Duration.ofDays(1).toMillis()) {
                        inWindow -= counted.poll()[1];
                    }
                    most = Math.max(most, inWindow);
                }
            }
            clock.advance(Duration.ofSeconds(random.nextInt(240)));
        }
        assertThat(most).as("seed " + seed).isLessThanOrEqualTo(PER_DAY).isGreaterThan(PER_DAY * 95 / 100);
    }

    @Test
    void whatTheMailboxHasNoRoomForDoesNotCount() throws Exception {
        Gate small = gates.create(Transports.mailbox("small", "small@contoso.com", Transports.limits(1, 3, 0)));
        try (Place place = small.await(Duration.ZERO)) {
            assertThat(place.reserve(10, Collections.nCopies(10, "fabrikam.com")))
                    .isNull();
            assertThat(place.reserve(10, Collections.nCopies(10, "fabrikam.com")))
                    .as("the minute is used up")
                    .isNotNull();
        }
        clock.advance(Duration.ofSeconds(5));
        assertThat(tenant.used()).isEqualTo(10);
    }
}
