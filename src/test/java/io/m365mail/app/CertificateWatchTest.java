package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.Cloud;
import io.m365mail.config.ConnectorCertificate;
import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a relay's client certificate, and when. */
class CertificateWatchTest {
    @TempDir
    private Path folder;

    private static TransportConfig.Relay relay(Path keyStore, String password) {
        var target = new TransportConfig.Target(null, 25, "require", null, null, null);
        var limits = new TransportConfig.Limits(0, 10, 0, 500, 100, 0);
        return new TransportConfig.Relay(
                "connector", target, limits, Cloud.WORLDWIDE, keyStore, Secret.of(password), List.of("contoso.com"));
    }

    private TransportConfig.Relay issued(String name, int days, boolean wholeChain) throws Exception {
        try (var sandbox =
                Sandbox.builder(Path.of("target", "sandbox-ways-out")).build()) {
            Path file = sandbox.clientCertificate(folder.resolve(name + ".p12"), name, days, wholeChain);
            return relay(file, sandbox.trustStorePassword());
        }
    }

    private static List<String> warnings(TransportConfig.Relay relay, Duration later) throws Exception {
        return ConnectorCertificate.of(relay).warnings(relay, Instant.now().plus(later));
    }

    @Test
    void aGoodOneIsSilentUntilThirtyDaysBeforeItsEnd() throws Exception {
        TransportConfig.Relay relay = issued("relay.contoso.com", 90, true);
        assertThat(warnings(relay, Duration.ofDays(59))).isEmpty();
        assertThat(warnings(relay, Duration.ofDays(61)))
                .singleElement()
                .asString()
                .contains("m365.transport.connector.key-store", "ends in 28 days", "renewed");
        assertThat(warnings(relay, Duration.ofDays(91)))
                .singleElement()
                .asString()
                .contains("ended on");
    }

    @Test
    void theNameTheChainAndTheIssuerAreLookedAt() throws Exception {
        assertThat(warnings(issued("relay.fabrikam.com", 90, true), Duration.ZERO))
                .singleElement()
                .asString()
                .contains("is for relay.fabrikam.com", "m365.domains (contoso.com)");
        assertThat(warnings(issued("contoso.com", 90, false), Duration.ZERO))
                .singleElement()
                .asString()
                .contains("without its intermediates", "5.7.64");
        TransportConfig.Relay own =
                relay(TestCertificates.keyStore(folder, "mail.contoso.com"), TestCertificates.PASSWORD);
        assertThat(warnings(own, Duration.ofDays(-5)))
                .singleElement()
                .asString()
                .contains("self-signed");
    }

    @Test
    void theHealthPageShowsItAndStaysUp() throws Exception {
        TransportConfig.Relay relay = issued("relay.contoso.com", 90, true);
        Clock clock = Clock.fixed(Instant.now().plus(Duration.ofDays(80)), ZoneOffset.UTC);
        var watch = new CertificateWatch(List.of(relay), clock);
        try (var context = new DefaultCamelContext()) {
            watch.setCamelContext(context);
            HealthCheck.Result result = watch.call(Map.of());
            assertThat(result.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(result.getMessage().orElseThrow()).contains("ends in 9 days");
        }
    }
}
