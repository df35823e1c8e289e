package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.sandbox.SandboxLimits;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Hold and park, as in {@link VerdictsTest}: the queue waits, nobody is blamed, and the other transports go on. */
class WaitingVerdictsTest extends VerdictFixture {
    @Test
    void holdKeepsTheQueueAndTheOtherTransportsGoOn() throws Exception {
        exchange.mailbox(LOCKED, "changed");
        exchange.dropConnections();
        try (var log = new LogOf("io.m365mail.limit.TransportGate")) {
            submit(LOCKED, "ann@hold.com");
            submit(LOCKED, "bob@hold.com");
            submit(LOCKED, "carl@hold.com");
            view.awaitState("locked", "held");
            assertThat(view.transport("locked").path("reason").asText()).startsWith("535");
            submit(ALERTS, "dora@hold.com");
            awaitFate("dora@hold.com", "accepted", "delivered");
            totals(4, 1, 0, 3);
            assertThat(fate("ann@hold.com")).as("nobody is blamed").containsExactly("accepted");
            assertThat(log.count("locked on hold: 535")).isEqualTo(1);
        }
        exchange.mailbox(LOCKED, "secret2");
        awaitFate("bob@hold.com", "accepted", "delivered");
        awaitFate("carl@hold.com", "accepted", "delivered");
        once("ann@hold.com", "bob@hold.com", "carl@hold.com", "dora@hold.com");
        totals(4, 4, 0, 0);
        view.awaitState("locked", "open");
    }

    @Test
    void parkKeepsTheQueueUntilTheQuotaFrees() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(2, 500, 10_000));
        submit(LOCKED, "ann@park.com", "bob@park.com");
        exchange.log().awaitReceived(1, SOON);
        submit(LOCKED, "carl@park.com");
        submit(LOCKED, "dora@park.com");
        view.awaitState("locked", "parked");
        submit(LOCKED, "eve@park.com");
        JsonNode parked = view.transport("locked");
        assertThat(parked.path("reason").asText()).contains("SubmissionQuotaExceededException");
        assertThat(Duration.between(
                        Clock.systemUTC().instant(),
                        java.time.Instant.parse(parked.path("until").asText())))
                .isBetween(Duration.ofHours(23), Duration.ofHours(24));
        submit(ALERTS, "fred@park.com");
        awaitFate("fred@park.com", "accepted", "delivered");
        totals(6, 3, 0, 3);
        assertThat(fate("carl@park.com")).containsExactly("accepted");
        exchange.limits(SandboxLimits.none());
        assertThat(view.post("/api/transports/locked/resume")).isEqualTo(200);
        awaitFate("carl@park.com", "accepted", "delivered");
        awaitFate("eve@park.com", "accepted", "delivered");
        once("ann@park.com", "bob@park.com", "carl@park.com", "dora@park.com", "eve@park.com", "fred@park.com");
        totals(6, 6, 0, 0);
    }

    @Test
    void theTenantsLimitParksExternalMailOnly() throws Exception {
        exchange.limits(SandboxLimits.none().withRecipients(10_000, 500, 1));
        submit(ALERTS, "last@tenant.com");
        exchange.log().awaitReceived(1, SOON);
        submit(ALERTS, "ann@contoso.com", "bob@tenant.com");
        submit(APP, "carl@tenant.com");
        awaitFate("ann@contoso.com", "accepted", "delivered");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(view.number("alerts", "aside") + view.number("connector", "aside"))
                        .isEqualTo(2));
        assertThat(view.state("alerts")).isEqualTo("open");
        assertThat(view.status().path("externalMailParkedUntil").isTextual()).isTrue();
        assertThat(fate("bob@tenant.com")).containsExactly("accepted");
        totals(4, 2, 0, 2);
        exchange.limits(SandboxLimits.none());
        assertThat(view.post("/api/transports/alerts/resume")).isEqualTo(200);
        awaitFate("bob@tenant.com", "accepted", "delivered");
        awaitFate("carl@tenant.com", "accepted", "delivered");
        once("last@tenant.com", "ann@contoso.com", "bob@tenant.com", "carl@tenant.com");
        totals(4, 4, 0, 0);
    }
}
