package io.m365mail.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The places of the rate, by chance; the seed stands in each message. */
class MailboxAccountTest {
    private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

    @Test
    void noMinuteHoldsMoreThanTheRateAndNoPlaceIsWasted() {
        for (long seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            int rate = 1 + random.nextInt(30);
            SandboxLimits limits = SandboxLimits.none().withRate(rate, SandboxLimits.OverRate.DELAYED);
            var account = new MailboxAccount();
            var places = new ArrayList<Instant>();
            Instant now = START;
            for (int i = 0; i < 400; i++) {
                now = now.plusMillis(random.nextInt(6) == 0 ? random.nextInt(40_000) : random.nextInt(500));
                Instant place = account.admit(now, 1, limits).at();
                Instant earliest =
                        i < rate ? now : later(now, places.get(i - rate).plus(MailboxAccount.MINUTE));
                assertThat(place).as("seed %d, message %d", seed, i).isEqualTo(earliest);
                places.add(place);
            }
            assertThat(Statistics.maxInWindow(places, MailboxAccount.MINUTE))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(rate);
        }
    }

    @Test
    void arrivalsThatComeAMomentOutOfOrderDoNotMakeRoom() {
        SandboxLimits limits = SandboxLimits.none().withRate(1, SandboxLimits.OverRate.REFUSED);
        var account = new MailboxAccount();
        assertThat(account.admit(START.plusMillis(5), 1, limits).refusal()).isNull();
        assertThat(account.admit(START, 1, limits).refusal()).isEqualTo(Replies.RATE_EXCEEDED);
        assertThat(account.admit(START.plusMillis(60_004), 1, limits).refusal()).isEqualTo(Replies.RATE_EXCEEDED);
        assertThat(account.admit(START.plusMillis(60_005), 1, limits).refusal()).isNull();
    }

    @Test
    void theWindowStatisticAgreesWithCountingByHand() {
        for (long seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            List<Instant> instants =
                    random.longs(60, 0, 300).mapToObj(s -> START.plusSeconds(s)).toList();
            int byHand = 0;
            for (Instant from : instants) {
                long count = instants.stream()
                        .filter(i -> !i.isBefore(from) && i.isBefore(from.plusSeconds(60)))
                        .count();
                byHand = Math.max(byHand, (int) count);
            }
            assertThat(Statistics.maxInWindow(instants, Duration.ofSeconds(60)))
                    .as("seed %d", seed)
                    .isEqualTo(byHand);
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
