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
        return new TenantMx(List.of("contoso.com"), cloud, true, "mx", dns, new Random(7));
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

    private TenantMx tenant(String... domains) {
        return new TenantMx(List.of(domains), Cloud.WORLDWIDE, true, "mx", dns, new Random(7));
    }

    private static List<String> hosts(TenantMx mx) throws SmtpFailure {
        return mx.find().stream().map(MailServers.Server::host).toList();
    }

    @Test
    void theFirstDomainAtExchangeOnlineServesAll() throws Exception {
        String fabrikam = "fabrikam-com.e-v1.mx.microsoft";
        server.mx("contoso.com", 0, "mx1.filter.example", 60)
                .mx("fabrikam.com", 20, "second." + fabrikam, 60)
                .mx("fabrikam.com", 10, fabrikam, 60)
                .cname("second." + fabrikam, "real.example", 60)
                .a("real.example", "127.0.0.2", 60)
                .a(fabrikam, "127.0.0.1", 60);
        TenantMx mx = tenant("gone.example", "contoso.com", "fabrikam.com", "never.asked");
        assertThat(hosts(mx)).containsExactly(fabrikam, "second." + fabrikam);
        assertThat(server.questions())
                .startsWith("MX gone.example", "MX contoso.com", "MX fabrikam.com")
                .doesNotContain("MX never.asked", "A mx1.filter.example");
    }

    @Test
    void aDomainThatMovesToExchangeOnlineIsSeenWhenItsAnswerHasRunOut() throws Exception {
        server.mx("contoso.com", 0, "mail.contoso.com", 30)
                .mx("fabrikam.com", 0, "fabrikam-com.mail.protection.outlook.com", 3600)
                .a("fabrikam-com.mail.protection.outlook.com", "127.0.0.1", 3600)
                .a(CLASSIC, "127.0.0.1", 3600);
        TenantMx mx = tenant("contoso.com", "fabrikam.com");
        assertThat(hosts(mx)).containsExactly("fabrikam-com.mail.protection.outlook.com");
        server.remove("contoso.com").mx("contoso.com", 0, CLASSIC, 30);
        time.advance(Duration.ofSeconds(31));
        assertThat(hosts(mx)).containsExactly(CLASSIC);
    }

    @Test
    void whereNoDomainIsThereEachIsNamed() {
        server.mx("contoso.com", 0, "mx1.filter.example", 60).mx("fabrikam.com", 0, "mail.fabrikam.com", 60);
        var failure = catchThrowableOfType(
                SmtpFailure.class, () -> tenant("contoso.com", "fabrikam.com", "gone.example", "a.example", "b.example")
                        .find());
        assertThat(failure.reply().toString())
                .isEqualTo("554 5.4.4 the MX of contoso.com is mx1.filter.example, which is not Exchange Online's;"
                        + " the MX of fabrikam.com is mail.fabrikam.com, which is not Exchange Online's;"
                        + " the domain gone.example does not exist in the DNS; and 2 more domains;"
                        + " set m365.transport.mx.host to the tenant's MX endpoint (admin centre, Settings, Domains),"
                        + " such as contoso-com.mail.protection.outlook.com");
    }

    @Test
    void aDomainThatMayBeThereMakesItWaitAndAnotherOneDoesNot() throws Exception {
        // Its MX is there and has no address just now: not the configuration's fault.
        server.mx("contoso.com", 0, CLASSIC, 60).mx("fabrikam.com", 0, "mail.fabrikam.com", 60);
        TenantMx mx = tenant("contoso.com", "fabrikam.com", "northwind.com");
        assertThat(catchThrowableOfType(SmtpFailure.class, mx::find).reply().toString())
                .startsWith("421 4.4.3 the MX of contoso.com, " + CLASSIC + ", has no address (IPv4)");
        server.mx("northwind.com", 0, "northwind-com.mail.protection.outlook.com", 60)
                .a("northwind-com.mail.protection.outlook.com", "127.0.0.1", 60);
        time.advance(Duration.ofSeconds(61));
        assertThat(hosts(mx)).containsExactly("northwind-com.mail.protection.outlook.com");
    }

    @Test
    void aDnsThatFailsIsNotAskedForEachOfManyDomains() {
        server.failing(true);
        var failure =
                catchThrowableOfType(SmtpFailure.class, () -> tenant("a.example", "b.example", "c.example", "d.example")
                        .find());
        assertThat(failure.reply().toString())
                .startsWith("421 4.4.3 the MX of a.example cannot be looked up")
                .contains("the MX of b.example", "m365.dns.server");
        assertThat(server.questions()).hasSize(4);
    }
}
