package io.m365mail.source.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.smtp.server.ClientNetworks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks and rates, without sockets. */
class PolicyPartsTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.2.4/30, 10.1.2.7, true",
        "10.1.2.4/30, 10.1.2.8, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "::1/128, ::1, true",
        "::1, 127.0.0.1, false",
        "127.0.0.0/8, ::1, false",
        "10.1.0.0/16, ::ffff:10.1.2.3, true"
    })
    void networks(String cidr, String client, boolean inside) throws Exception {
        var networks = new ClientNetworks(List.of("192.0.2.0/24", cidr));
        assertThat(networks.contains(new InetSocketAddress(InetAddress.getByName(client), 4711)))
                .isEqualTo(inside);
    }

    @Test
    void noMinuteHoldsMoreThanTheRate() {
        var now = new AtomicLong(-5);
        var rate = new SubmissionRate(3, now::get);
        assertThat(rate.tryAcquire("a")).isZero();
        now.addAndGet(TimeUnit.SECONDS.toNanos(30));
        assertThat(rate.tryAcquire("a")).isZero();
        assertThat(rate.tryAcquire("a")).isZero();
        assertThat(rate.tryAcquire("a")).isEqualTo(31);
        assertThat(rate.tryAcquire("b")).isZero();
        now.addAndGet(TimeUnit.SECONDS.toNanos(30));
        assertThat(rate.secondsToWait("a")).isZero();
        assertThat(rate.tryAcquire("a")).isZero();
        assertThat(rate.tryAcquire("a"))
                .as("two of the last minute and this one")
                .isEqualTo(31);
        now.addAndGet(TimeUnit.MINUTES.toNanos(2));
        assertThat(rate.tryAcquire("c")).isZero();
        assertThat(rate.tryAcquire("a")).isZero();
    }

    @Test
    void zeroIsNoLimit() {
        var rate = new SubmissionRate(0, () -> 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(rate.tryAcquire("a")).isZero();
        }
    }
}
