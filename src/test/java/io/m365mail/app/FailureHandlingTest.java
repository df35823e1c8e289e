package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.limit.Timing;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxEvents;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.sandbox.SandboxMailbox;
import io.m365mail.testing.SmtpSubmitter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What fails on the way to Exchange Online, from the submission to the mailbox or the dead letter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FailureHandlingTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration INITIAL = Duration.ofMillis(300);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RETRY =
            """
            m365.retry.initial=300ms
            m365.retry.maximum=2s
            m365.retry.give-up=4s
            """;
    private static final BundleTiming QUICK_PROBES = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofMillis(1500), Duration.ofMillis(3000));

    private Path folder;
    private Sandbox sandbox;
    private RunningBundle bundle;
    private SandboxMailbox locked;
    private SandboxMailbox blocked;

    @BeforeAll
    void start(@TempDir Path shared) throws Exception {
        folder = shared;
        sandbox = Sandbox.builder(folder.resolve("sandbox"))
                .refusedAuthDelay(Duration.ZERO)
                .limits(SandboxLimits.none())
                .build();
        sandbox.mailbox("alerts@contoso.com", "secret1");
        locked = sandbox.mailbox("locked@contoso.com", "secret2");
        blocked = sandbox.mailbox("blocked@contoso.com", "secret3");
        sandbox.start();
        startBundle();
    }

    private void startBundle() throws Exception {
        bundle = RunningBundle.start(
                folder,
                RETRY + RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1")
                        + "m365.transport.alerts.messages-per-minute=1000\n"
                        + RunningBundle.mailbox("locked", sandbox, "locked@contoso.com", "secret2")
                        + RunningBundle.mailbox("blocked", sandbox, "blocked@contoso.com", "secret3"),
                QUICK_PROBES);
    }

    @AfterEach
    void forget() throws Exception {
        sandbox.reset();
        sandbox.limits(SandboxLimits.none());
    }

    @AfterAll
    void stop() throws Exception {
        bundle.close();
        sandbox.close();
    }

    @Test
    void aTransientReplyIsTriedAgainAfterGrowingWaits() throws Exception {
        submit("later", "tempfail-3x.451-4.3.0+waits@fabrikam.com");
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        List<Instant> refused =
                sandbox.log().refusals().stream().map(SandboxEvents.Refusal::at).toList();
        assertThat(refused).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Instant next = i == 2 ? got.mailAt() : refused.get(i + 1);
            assertThat(Duration.between(refused.get(i), next))
                    .isGreaterThan(INITIAL.multipliedBy(1L << i).multipliedBy(3).dividedBy(4));
        }
        assertThat(letters("waits")).isEmpty();
    }

    @Test
    void whatWasTriedTooLongIsDeadAndTheReplayIsANewLife() throws Exception {
        submit("give up", "tempfail-8x.451-4.3.0+lifetime@fabrikam.com");
        JsonNode letter = awaitLetter("lifetime");
        assertThat(letter.get("reason").asText()).startsWith("given up after").contains("451 4.3.0");
        int attempts = letter.get("attempts").asInt();
        assertThat(attempts).isEqualTo(sandbox.log().refusals().size()).isBetween(3, 8);
        assertThat(call("POST", "/api/dead/" + letter.get("id").asText() + "/replay"))
                .contains("\"replayed\":1");
        assertThat(sandbox.log().awaitReceived(1, SOON).get(0).recipients()).hasSize(1);
        assertThat(letters("lifetime")).isEmpty();
    }

    @Test
    void aPermanentReplyBecomesADeadLetterThatSaysAllAndCanBeReplayed() throws Exception {
        submit("no such", "reject-1x.550-5.1.10+replay@fabrikam.com");
        JsonNode letter = awaitLetter("replay");
        JsonNode recipient = letter.get("recipients").get(0);
        assertThat(recipient.get("reply").asText()).startsWith("550 5.1.10 RESOLVER.ADR.RecipientNotFound");
        assertThat(recipient.get("stage").asText()).isEqualTo("RCPT");
        assertThat(recipient.get("server").asText()).isEqualTo("localhost:" + sandbox.submissionPort());
        assertThat(letter.get("transport").asText()).isEqualTo("alerts");
        assertThat(letter.get("attempts").asInt()).isEqualTo(1);
        assertThat(letter.get("from").asText()).isEqualTo("alerts@contoso.com");
        assertThat(letter.get("subject").asText()).isEqualTo("no such");
        assertThat(sandbox.log().receivedCount()).isZero();

        String path = "/api/dead/" + letter.get("id").asText();
        assertThat(call("POST", path + "/replay")).contains("\"replayed\":1");
        assertThat(sandbox.log().awaitReceived(1, SOON)).hasSize(1);
        assertThat(call("POST", path + "/replay")).contains("error");
        assertThat(letters("replay")).isEmpty();
    }

    @Test
    void aDroppedDeadLetterIsGone() throws Exception {
        submit("drop it", "reject+dropped@fabrikam.com");
        String path = "/api/dead/" + awaitLetter("dropped").get("id").asText();
        assertThat(call("DELETE", path)).contains("\"dropped\":1");
        assertThat(letters("dropped")).isEmpty();
        assertThat(call("DELETE", path)).contains("error");
        assertThat(call("GET", path)).contains("error");
    }

    @Test
    void oneBadRecipientDoesNotHarmTheOthers() throws Exception {
        submit(
                "mixed",
                "one@fabrikam.com",
                "reject+mixed@fabrikam.com",
                "two@fabrikam.com",
                "tempfail-2x.451-4.3.0+mixed@fabrikam.com");
        assertThat(awaitLetter("mixed").get("recipients")).hasSize(1);
        List<ReceivedMessage> got = sandbox.log().awaitReceived(2, SOON);
        assertThat(got.get(0).recipients()).containsExactlyInAnyOrder("one@fabrikam.com", "two@fabrikam.com");
        assertThat(got.get(1).recipients()).containsExactly("tempfail-2x.451-4.3.0+mixed@fabrikam.com");
        awaitEmpty("alerts");
        assertThat(sandbox.log().receivedCount()).isEqualTo(2);
    }

    @Test
    void tooManyRecipientsAreSplitAndNobodyGetsItTwice() throws Exception {
        sandbox.limits(SandboxLimits.none().withRecipients(10_000, 3, 10_000));
        String[] to = new String[8];
        for (int i = 0; i < to.length; i++) {
            to[i] = "r" + i + "@fabrikam.com";
        }
        submit("many", to);
        List<ReceivedMessage> got = sandbox.log().awaitReceived(3, SOON);
        assertThat(got.stream().flatMap(m -> m.recipients().stream())).containsExactlyInAnyOrder(to);
        awaitEmpty("alerts");
        assertThat(sandbox.log().receivedCount()).isEqualTo(3);
        assertThat(letters("r0")).isEmpty();
    }

    @Test
    void whatIsTooMuchAsAWholeGoesInHalvesAndOneRecipientAloneIsPutOff() throws Exception {
        sandbox.script().onNext(io.m365mail.smtp.Stage.END_OF_DATA).times(3).reply("452 4.5.3 Too many recipients");
        submit("halves", "h1@fabrikam.com", "h2@fabrikam.com");
        List<ReceivedMessage> got = sandbox.log().awaitReceived(2, SOON);
        assertThat(got.stream().flatMap(m -> m.recipients().stream()))
                .containsExactlyInAnyOrder("h1@fabrikam.com", "h2@fabrikam.com");
        awaitEmpty("alerts");
        List<SandboxEvents.Refusal> refusals = sandbox.log().refusals();
        assertThat(refusals).hasSize(3);
        assertThat(Duration.between(refusals.get(2).at(), got.get(1).mailAt()))
                .isGreaterThan(INITIAL.multipliedBy(3).dividedBy(5));
    }

    /** A lost connection makes a delivery wait for a minute. This bundle's clock is late, so every wait is over at once. */
    @Test
    void aConnectionLostAfterTheFinalDotIsTriedAgain(@TempDir Path own) throws Exception {
        var late = new BundleTiming(
                Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)),
                Timing.SYSTEM,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1));
        String mailbox = RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1");
        try (RunningBundle lateBundle = RunningBundle.start(own, mailbox, late)) {
            SmtpSubmitter.submit(
                    lateBundle.smtpPort(), "alerts@contoso.com", "not taken", "drop-at-end-1x+lost@fabrikam.com");
            sandbox.log().awaitReceived(1, SOON);
            assertThat(sandbox.log().duplicates()).isEmpty();

            SmtpSubmitter.submit(
                    lateBundle.smtpPort(), "alerts@contoso.com", "taken", "drop-after-data-1x+lost@fabrikam.com");
            sandbox.log().awaitReceived(3, SOON);
            soon(() -> assertThat(lateBundle.bundle().infrastructure().admin().count("m365.transport.alerts"))
                    .isZero());
            assertThat(sandbox.log().receivedCount()).isEqualTo(3);
            assertThat(sandbox.log().duplicates()).hasSize(1).containsValue(2);
            assertThat(lateBundle.get("/api/dead")).contains("\"total\":0");
        }
    }

    @Test
    void refusedCredentialsHoldTheTransportAlsoAcrossARestartUntilTheyAreMended() throws Exception {
        locked.password("changed");
        for (int i = 0; i < 6; i++) {
            submitFrom("locked@contoso.com", "waiting " + i, "held" + i + "@fabrikam.com");
        }
        awaitState("locked", "held");
        assertThat(transport("locked").get("reason").asText()).contains("535");
        assertThat(sandbox.log().receivedCount()).isZero();
        Instant heldSince = Instant.parse(transport("locked").get("since").asText());

        bundle.close();
        startBundle();
        JsonNode restarted = transport("locked");
        assertThat(restarted.get("state").asText()).isEqualTo("held");
        assertThat(Instant.parse(restarted.get("since").asText()))
                .isBetween(heldSince.minusMillis(1), heldSince.plusMillis(1));
        // Longer than the lifetime of a message: time on hold does not count.
        await().atMost(SOON).until(() -> Instant.now().isAfter(heldSince.plusSeconds(6)));
        int tries = sandbox.log().authAttempts().size();
        System.out.println("AUTH tries with a wrong password in 6 s, probes after 1.5 s, then every 3 s: " + tries);
        assertThat(tries).isBetween(2, 8);
        assertThat(transport("locked").get("state").asText()).isEqualTo("held");
        submit("others go on", "free@fabrikam.com");
        assertThat(sandbox.log().awaitReceived(1, SOON).get(0).mailbox()).isEqualTo("alerts@contoso.com");

        sandbox.script()
                .onNext(io.m365mail.smtp.Stage.RCPT)
                .forMailbox("locked@contoso.com")
                .reply("451 4.3.0 later");
        locked.password("secret2");
        assertThat(sandbox.log().awaitReceived(7, SOON)).hasSize(7);
        awaitState("locked", "open");
        awaitEmpty("locked");
        assertThat(sandbox.log().duplicates()).isEmpty();
        assertThat(letters("held")).isEmpty();
    }

    @Test
    void aBlockedAccountIsHeldWithoutBlamingTheMessages() throws Exception {
        blocked.blocked(true);
        for (int i = 0; i < 4; i++) {
            submitFrom("blocked@contoso.com", "blocked " + i, "blocked" + i + "@fabrikam.com");
        }
        awaitState("blocked", "held");
        assertThat(transport("blocked").get("reason").asText()).startsWith("550 5.1.8");
        blocked.blocked(false);
        sandbox.log().awaitReceived(4, SOON);
        awaitState("blocked", "open");
        awaitEmpty("blocked");
        assertThat(letters("blocked")).isEmpty();
        assertThat(sandbox.log().duplicates()).isEmpty();
    }

    private void submit(String subject, String... to) throws Exception {
        submitFrom("alerts@contoso.com", subject, to);
    }

    private void submitFrom(String from, String subject, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), from, subject, to);
    }

    private void awaitEmpty(String transport) {
        soon(() -> {
            JsonNode t = transport(transport);
            assertThat(t.get("queued").asInt()
                            + t.get("delayed").asInt()
                            + t.get("inDelivery").asInt())
                    .isZero();
        });
    }

    private void awaitState(String transport, String state) {
        soon(() -> assertThat(transport(transport).get("state").asText()).isEqualTo(state));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(SOON).untilAsserted(assertion);
    }

    private JsonNode transport(String name) throws Exception {
        for (JsonNode t : JSON.readTree(bundle.get("/api/status")).get("transports")) {
            if (t.get("name").asText().equals(name)) {
                return t;
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** The dead letters with a recipient whose address contains the text. */
    private List<JsonNode> letters(String part) throws Exception {
        List<JsonNode> found = new java.util.ArrayList<>();
        for (JsonNode item : JSON.readTree(bundle.get("/api/dead")).get("items")) {
            if (item.get("recipients").toString().contains(part)) {
                found.add(item);
            }
        }
        return found;
    }

    private JsonNode awaitLetter(String part) {
        return await().atMost(SOON)
                .until(() -> letters(part), found -> found.size() == 1)
                .get(0);
    }

    private String call(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + bundle.bundle().managementPort() + path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
