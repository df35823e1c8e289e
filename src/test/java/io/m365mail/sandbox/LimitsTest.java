package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static io.m365mail.sandbox.SandboxFixture.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.sandbox.ReceivedMessage.Stamp;
import io.m365mail.sandbox.SandboxLimits.OverRate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits of reference section 2, with a clock moved by hand. */
class LimitsTest {
    private static final SandboxLimits REAL = SandboxLimits.exchangeOnline();

    private final SandboxClock clock = new SandboxClock();
    private final List<SmtpTestClient> clients = new ArrayList<>();
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(clock);
    }

    @AfterEach
    void stop() throws Exception {
        for (SmtpTestClient client : clients) {
            client.close();
        }
        sandbox.close();
    }

    private SmtpTestClient client() throws Exception {
        SmtpTestClient client = SandboxFixture.logIn(sandbox);
        clients.add(client);
        return client;
    }

    @Test
    void refusesTheThirtyFirstOfAMinuteWhereItIsToldTo() throws Exception {
        sandbox.limits(REAL.withRate(30, OverRate.REFUSED));
        SmtpTestClient client = client();
        for (int i = 0; i < 30; i++) {
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(Duration.ofSeconds(30).minusMillis(1)); // 59.999 s after the first
        assertThat(client.send(ALERTS, "a@fabrikam.com"))
                .startsWith("421 4.4.2 Message submission rate for this client has exceeded the configured limit");
        assertThat(client.read()).isEqualTo(SmtpTestClient.GONE);
        clock.advance(Duration.ofMillis(1));
        assertThat(client().send(ALERTS, "a@fabrikam.com")).startsWith("250");
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isEqualTo(30);
        assertThat(sandbox.log().refusals()).hasSize(1);
    }

    @Test
    void holdsTheReplyBackIntoTheFollowingMinute() throws Exception {
        sandbox.limits(REAL.withRate(2, OverRate.DELAYED));
        SmtpTestClient client = client();
        client.send(ALERTS, "1@fabrikam.com");
        clock.advance(Duration.ofSeconds(10));
        client.send(ALERTS, "2@fabrikam.com");
        SmtpTestClient third = client();
        CompletableFuture<String> held = inBackground(third, "3@fabrikam.com");
        Awaitility.await().until(() -> sandbox.heldMessages() == 1);
        clock.advance(Duration.ofSeconds(50).minusMillis(1));
        assertThat(held).isNotDone();
        assertThat(sandbox.log().receivedCount()).isEqualTo(2);
        clock.advance(Duration.ofMillis(1));
        assertThat(held.get(10, TimeUnit.SECONDS)).startsWith("250 2.0.0 OK");
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS, Stamp.TAKEN)).isEqualTo(2);
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS, Stamp.REPLY)).isEqualTo(2);
        // A client that kept to the limit would not have shown this.
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS, Stamp.END_OF_DATA)).isEqualTo(3);
        assertThat(sandbox.log().maxPerSlidingMinute(ALERTS)).isEqualTo(3);
    }

    @Test
    void carriesExcessIntoSeveralMinutes() throws Exception {
        sandbox.limits(REAL.withRate(1, OverRate.DELAYED));
        SmtpTestClient first = client();
        SmtpTestClient second = client();
        SmtpTestClient third = client();
        first.send(ALERTS, "1@fabrikam.com");
        CompletableFuture<String> inOneMinute = inBackground(second, "2@fabrikam.com");
        Awaitility.await().until(() -> sandbox.heldMessages() == 1);
        CompletableFuture<String> inTwoMinutes = inBackground(third, "3@fabrikam.com");
        Awaitility.await().until(() -> sandbox.heldMessages() == 2);
        clock.advance(Duration.ofSeconds(60));
        assertThat(inOneMinute.get(10, TimeUnit.SECONDS)).startsWith("250");
        assertThat(inTwoMinutes).isNotDone();
        clock.advance(Duration.ofSeconds(60));
        assertThat(inTwoMinutes.get(10, TimeUnit.SECONDS)).startsWith("250");
    }

    @Test
    void theRateIsTheMailboxesOwn() throws Exception {
        sandbox.limits(REAL.withRate(1, OverRate.REFUSED));
        sandbox.mailbox("erp@contoso.com", PASSWORD);
        assertThat(client().send(ALERTS, "a@fabrikam.com")).startsWith("250");
        try (var erp = SmtpTestClient.loggedIn(sandbox, "erp@contoso.com", PASSWORD)) {
            assertThat(erp.send("erp@contoso.com", "a@fabrikam.com")).startsWith("250");
        }
    }

    @Test
    void theFourthConnectionLearnsItAtTheEndOfItsData() throws Exception {
        SmtpTestClient first = client();
        client();
        SmtpTestClient third = client();
        SmtpTestClient fourth = client();
        assertThat(third.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        assertThat(fourth.send(ALERTS, "a@fabrikam.com"))
                .matches("432 4\\.3\\.2 Concurrent connections limit exceeded\\. Visit"
                        + " https://aka\\.ms/concurrent_sending for more information\\. \\[Hostname=\\S+]");
        first.close();
        Awaitility.await().until(() -> sandbox.log().openConnections() == 3);
        assertThat(fourth.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        assertThat(sandbox.log().maxConnections(ALERTS)).isEqualTo(4);
        assertThat(sandbox.log().maxConnections()).isEqualTo(4);
    }

    @Test
    void countsRecipientsOverTheLast24Hours() throws Exception {
        sandbox.limits(REAL.withRecipients(3, 500, Integer.MAX_VALUE));
        SmtpTestClient client = client();
        assertThat(client.send(ALERTS, "a@fabrikam.com", "b@fabrikam.com")).startsWith("250");
        clock.advance(Duration.ofHours(1));
        assertThat(client.send(ALERTS, "a@fabrikam.com", "b@fabrikam.com"))
                .startsWith("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException");
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        clock.advance(Duration.ofHours(23).minusMillis(1));
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("554 5.2.0");
        clock.advance(Duration.ofMillis(1));
        assertThat(client.send(ALERTS, "a@fabrikam.com", "b@fabrikam.com")).startsWith("250");
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("554 5.2.0");
    }

    @Test
    void countsTheTenantsExternalRecipientsApart() throws Exception {
        sandbox.limits(REAL.withRecipients(10_000, 500, 2));
        sandbox.mailbox("erp@contoso.com", PASSWORD);
        SmtpTestClient client = client();
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        try (var erp = SmtpTestClient.loggedIn(sandbox, "erp@contoso.com", PASSWORD)) {
            assertThat(erp.send("erp@contoso.com", "a@fabrikam.com", "b@fabrikam.com"))
                    .startsWith("550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit");
            assertThat(erp.send("erp@contoso.com", "a@fabrikam.com", "in@contoso.com"))
                    .startsWith("250");
        }
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("550 5.7.233");
        assertThat(client.send(ALERTS, "in@contoso.com")).startsWith("250");
        clock.advance(Duration.ofHours(24));
        assertThat(client().send(ALERTS, "a@fabrikam.com")).startsWith("250");
    }

    @Test
    void refusesRecipientsAboveTheLimitOfAMessageAndTakesTheOthers() throws Exception {
        sandbox.limits(REAL.withRecipients(10_000, 2, Integer.MAX_VALUE));
        SmtpTestClient client = client();
        client.command("MAIL FROM:<" + ALERTS + ">");
        client.command("RCPT TO:<a@fabrikam.com>");
        client.command("RCPT TO:<b@fabrikam.com>");
        assertThat(client.command("RCPT TO:<c@fabrikam.com>")).isEqualTo("452 4.5.3 Too many recipients");
        client.command("DATA");
        assertThat(client.command("From: " + ALERTS + "\r\n\r\nx\r\n.")).startsWith("250");
        assertThat(sandbox.log().received().get(0).recipients()).containsExactly("a@fabrikam.com", "b@fabrikam.com");
    }

    @Test
    void resetForgetsWhatWasUsed() throws Exception {
        sandbox.limits(REAL.withRate(1, OverRate.REFUSED).withRecipients(1, 500, 1));
        SmtpTestClient client = client();
        client.send(ALERTS, "a@fabrikam.com");
        sandbox.reset();
        assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        assertThat(sandbox.log().receivedCount()).isEqualTo(1);
        assertThat(sandbox.log().maxConnections(ALERTS)).isEqualTo(1);
    }

    private static CompletableFuture<String> inBackground(SmtpTestClient client, String recipient) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.send(ALERTS, recipient);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
