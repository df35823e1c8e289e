package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.limit.Timing;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.smtp.Stage;
import io.m365mail.testing.RawSmtpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What waits, and who is told: the tenant's limit, reports, and a password that was changed, over real sockets. */
class FlowTest extends FlowFixture {
    @Test
    void whileTheTenantLimitIsUsedUpExternalMailWaitsAndInternalGoesOn() throws Exception {
        start("");
        exchange.script()
                .onNext(Stage.END_OF_DATA)
                .reply("550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending"
                        + " email to external recipients (tenant external recipient rate limit)");
        submit("mixed", "ann@contoso.com", "bob@fabrikam.com");
        awaitReceived(exchange, 1);
        submit("mixed again", "carl@contoso.com", "dora@fabrikam.com");
        submit("external", "eve@fabrikam.com");
        submit("internal", "fred@contoso.com");
        awaitReceived(exchange, 3);
        assertThat(arrivals(exchange)).containsOnlyKeys("ann@contoso.com", "carl@contoso.com", "fred@contoso.com");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(transport("alerts").path("aside").asInt()).isEqualTo(3));
        assertThat(transport("alerts").path("state").asText()).isEqualTo("open");
        bundle.close();
        start("");
        assertThat(status().path("externalMailParkedUntil").isTextual()).isTrue();
        submit("still", "gil@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(transport("alerts").path("aside").asInt()).isEqualTo(4));
        post("/api/transports/alerts/resume");
        awaitReceived(exchange, 7);
        assertThat(arrivals(exchange)).hasSize(7).allSatisfy((who, times) -> assertThat(times)
                .isEqualTo(1));
    }

    @Test
    void theSenderIsToldOfADeathAndNeverOfTheDeathOfThat() throws Exception {
        start("m365.ndr=on\nm365.ndr.transport=alerts\n");
        exchange.script().onNext(Stage.RCPT).times(2).reply("550 5.1.1 no such user");
        submit("first, its report dies", "bob@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status().path("dead").path("count").asInt()).isEqualTo(2));
        submit("second", "unknown@fabrikam.com", "bob@fabrikam.com");
        awaitReceived(exchange, 2);
        ReceivedMessage report = exchange.log().received().get(1);
        assertThat(report.recipients()).containsExactly(ERP);
        assertThat(report.from()).as("a mailbox sends as itself").isEqualTo(ERP);
        String text = new String(report.content().orElseThrow().toBytes(), StandardCharsets.UTF_8);
        assertThat(text)
                .contains("report-type=delivery-status", "Final-Recipient: rfc822; unknown@fabrikam.com")
                .contains("Action: failed", "Status: 5.4.1", "Subject: second", "Auto-Submitted: auto-replied")
                .doesNotContain("bob@fabrikam.com");
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            client.reply();
            client.command("EHLO device");
            client.command("MAIL FROM:<" + ERP + ">");
            client.command("RCPT TO:<reject+2@fabrikam.com> NOTIFY=NEVER");
            client.command("DATA");
            assertThat(client.command("Subject: third\r\n\r\nx\r\n.")).startsWith("250");
        }
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status().path("dead").path("count").asInt()).isEqualTo(4));
        assertThat(exchange.log().received()).hasSize(2);
    }

    @Test
    void revokedCredentialsAreTriedThreeTimesAMinuteAtMostAndMendedOnesAreFound() throws Exception {
        bundle = RunningBundle.start(
                folder,
                exchange("alerts", exchange),
                new BundleTiming(
                        Clock.systemUTC(),
                        Timing.SYSTEM,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5)));
        submit("before", "a@fabrikam.com");
        awaitReceived(exchange, 1);
        exchange.mailbox(ERP, "changed");
        exchange.dropConnections();
        for (int i = 0; i < 30; i++) {
            submit("during", "b" + i + "@fabrikam.com");
        }
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(transport("alerts").path("state").asText()).isEqualTo("held"));
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        transport("alerts").path("inDelivery").asInt())
                .isZero());
        long refused = exchange.log().authAttempts().stream()
                .filter(a -> !a.succeeded())
                .count();
        assertThat(refused).isBetween(1L, 3L);
        // The numbers of a queue are asked one after the other: while a delivery goes back they may not fit.
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        transport("alerts").path("queued").asInt()
                                + transport("alerts").path("delayed").asInt())
                .isEqualTo(30));
        assertThat(status().path("dead").path("count").asInt()).isZero();
        exchange.mailbox(ERP, "secret1");
        awaitReceived(exchange, 31);
        assertThat(arrivals(exchange)).hasSize(31).allSatisfy((who, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(Stream.of(transport("alerts").path("state").asText())).containsExactly("open");
    }
}
