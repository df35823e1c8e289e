package io.m365mail.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m365mail.config.Cloud;
import io.m365mail.sandbox.SandboxDns;
import io.m365mail.smtp.client.MailServers;
import io.m365mail.smtp.client.SmtpFailure;
import io.m365mail.testing.ManualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MX look-ups against a real DNS server on loopback, with the bundle's clock moved by hand. */
class TenantMxTest {
    private static final String CLASSIC = "contoso-com.mail.protection.outlook.com";

    private final ManualClock time = new ManualClock();
    private SandboxDns server;
    private Dns dns;

    @BeforeEach
    void start() throws IOException {
        server = SandboxDns.start(0);
        dns = new Dns(new InetSocketAddress("127.0.0.1", server.port()), clock());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return time.now();
            }
        };
    }

    private TenantMx mx(Cloud cloud) {
        return new TenantMx("contoso.com", cloud, true, "mx", dns, new Random(7));
    }

    private List<String> hosts() throws SmtpFailure {
        return mx(Cloud.WORLDWIDE).find().stream().map(MailServers.Server::host).toList();
    }

    private SmtpFailure failure(Cloud cloud) {
        return catchThrowableOfType(SmtpFailure.class, () -> mx(cloud).find());
    }

    @Test
    void preferencesAreHonoured() throws Exception {
        for (int i = 3; i > 0; i--) {
            server.mx("contoso.com", i * 10, "mx" + i + "." + CLASSIC, 60)
                    .a("mx" + i + "." + CLASSIC, "127.0.0." + i, 60);
        }
        assertThat(hosts()).containsExactly("mx1." + CLASSIC, "mx2." + CLASSIC, "mx3." + CLASSIC);
    }

    @Test
    void equalOnesAreShared() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.mx("contoso.com", 10, "mx" + i + "." + CLASSIC, 60).a("mx" + i + "." + CLASSIC, "127.0.0." + i, 60);
        }
        var first = new TreeMap<String, Integer>();
        TenantMx mx = mx(Cloud.WORLDWIDE);
        for (int i = 0; i < 300; i++) {
            first.merge(mx.find().get(0).host(), 1, Integer::sum);
        }
        assertThat(first).hasSize(3);
        assertThat(first.values()).allMatch(n -> n > 60);
    }

    @Test
    void anAnswerLivesAsLongAsItSays() throws Exception {
        server.mx("contoso.com", 0, CLASSIC, 100).a(CLASSIC, "127.0.0.1", 1000);
        hosts();
        time.advance(Duration.ofSeconds(99));
        hosts();
        assertThat(server.questions()).containsExactly("MX contoso.com", "A " + CLASSIC);
        server.remove("contoso.com").mx("contoso.com", 0, "new." + CLASSIC, 100).a("new." + CLASSIC, "127.0.0.1", 100);
        time.advance(Duration.ofSeconds(1));
        assertThat(hosts()).containsExactly("new." + CLASSIC);
        assertThat(server.questions())
                .containsExactly("MX contoso.com", "A " + CLASSIC, "MX contoso.com", "A new." + CLASSIC);
    }

    @Test
    void thereIsNoneLivesTooAsLongAsTheZoneSays() {
        server.negativeLife(30);
        assertThat(failure(Cloud.WORLDWIDE).reply().toString())
                .startsWith("554 5.4.4 the domain contoso.com does not exist in the DNS; set m365.transport.mx.host");
        server.mx("contoso.com", 0, CLASSIC, 100).a(CLASSIC, "127.0.0.1", 100);
        time.advance(Duration.ofSeconds(29));
        failure(Cloud.WORLDWIDE);
        assertThat(server.questions()).hasSize(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(failure(Cloud.WORLDWIDE)).isNull();
    }

    @Test
    void anOldAnswerServesWhileTheDnsIsAway() throws Exception {
        server.mx("contoso.com", 0, CLASSIC, 100).a(CLASSIC, "127.0.0.1", 100);
        hosts();
        server.failing(true);
        time.advance(Duration.ofHours(5));
        assertThat(hosts()).containsExactly(CLASSIC);
        time.advance(Duration.ofDays(1));
        assertThat(failure(Cloud.WORLDWIDE).reply().toString())
                .startsWith("421 4.4.3 the MX of contoso.com cannot be looked up")
                .contains("SERVFAIL", "127.0.0.1:" + server.port(), "m365.dns.server");
    }

    @Test
    void aliasesAreFollowed() throws Exception {
        server.mx("contoso.com", 0, CLASSIC, 100)
                .cname(CLASSIC, "real.example", 100)
                .a("real.example", "127.0.0.9", 100);
        assertThat(mx(Cloud.WORLDWIDE).find().get(0).addresses())
                .singleElement()
                .satisfies(a -> assertThat(a.getHostAddress()).isEqualTo("127.0.0.9"));
    }

    @Test
    void aServerWithoutAnAddressIsLeftOut() throws Exception {
        server.mx("contoso.com", 0, "lost." + CLASSIC, 100)
                .mx("contoso.com", 10, CLASSIC, 100)
                .a(CLASSIC, "127.0.0.1", 100);
        assertThat(hosts()).containsExactly(CLASSIC);
        server.remove(CLASSIC);
        time.advance(Duration.ofSeconds(101));
        assertThat(failure(Cloud.WORLDWIDE).reply().toString())
                .startsWith("421 4.4.3")
                .contains("no address (IPv4)");
    }

    @ParameterizedTest
    @CsvSource({
        "contoso-com.mail.protection.outlook.com, WORLDWIDE",
        "contoso-com.e-v1.mx.microsoft, WORLDWIDE",
        "contoso-com.mail.protection.office365.us, GCC_HIGH",
        "contoso-mil.protection.apps.mil, DOD",
        "contoso-cn.mail.protection.partner.outlook.cn, CHINA",
    })
    void eachCloudHasItsNames(String host, Cloud cloud) throws Exception {
        server.mx("contoso.com", 0, host.toUpperCase(java.util.Locale.ROOT), 60).a(host, "127.0.0.1", 60);
        assertThat(mx(cloud).find().get(0).host()).isEqualTo(host);
        Cloud other = cloud == Cloud.CHINA ? Cloud.WORLDWIDE : Cloud.CHINA;
        assertThat(failure(other).reply().toString())
                .startsWith("554 5.4.4")
                .contains(host, "m365.transport.mx.cloud is " + other.key());
    }

    @ParameterizedTest
    @CsvSource({
        "mx1.filter.example",
        "mail.contoso.com",
        "contoso-com.mail.protection.outlook.com.evil.example",
        "evilmail.protection.outlook.com.",
        "smtp.hve.mx.microsoft",
        ".",
    })
    void anotherMxIsAnErrorThatAsksForTheHost(String host) {
        server.mx("contoso.com", 0, host, 60).a(host.equals(".") ? "x" : host, "127.0.0.1", 60);
        assertThat(failure(Cloud.WORLDWIDE).reply().toString())
                .startsWith("554 5.4.4 the MX of contoso.com is ")
                .contains("not Exchange Online's; set m365.transport.mx.host");
    }

    @Test
    void aSilentServerIsAFailureInTime() {
        server.silent(true);
        assertThatThrownBy(() -> mx(Cloud.WORLDWIDE).find())
                .isInstanceOf(SmtpFailure.class)
                .hasMessageContaining("no answer within 3000 ms");
        assertThat(server.questions()).hasSize(2);
    }
}
