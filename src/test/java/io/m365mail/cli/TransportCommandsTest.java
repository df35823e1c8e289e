package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.app.RunningBundle;
import io.m365mail.testing.MailSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code hold}, {@code resume}, {@code move} and {@code scheduled} on a real bundle: what they say, and what happens. */
@Timeout(120)
class TransportCommandsTest extends CommandTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** Of a transport of type server, by default. */
    private static final int CONNECTIONS = 10;

    private MailSink sink;
    private MailSink other;
    private RunningBundle bundle;

    @BeforeEach
    void startBundle() throws Exception {
        sink = new MailSink();
        other = new MailSink();
        bundle = RunningBundle.start(
                dir.resolve("bundle"),
                sink.transport()
                        + other.transport().replace(".sink.", ".other.").replaceAll("m365.route.*", ""));
        configure("m365.management.port=" + bundle.bundle().managementPort() + "\n");
    }

    @AfterEach
    void stopBundle() throws Exception {
        bundle.close();
        sink.close();
        other.close();
    }

    private int say(String... command) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return runOn(command);
    }

    private void send(String to) throws Exception {
        Path message = Files.writeString(dir.resolve("message.txt"), "hello\n");
        assertThat(say("send", "--from", "a@contoso.com", "--to", to, message.toString()))
                .as(err.toString())
                .isZero();
    }

    private void awaitStatus(String... words) {
        await().atMost(SOON).untilAsserted(() -> {
            say("status");
            assertThat(out.toString()).contains(words);
        });
    }

    @Test
    void holdKeepsTheQueueUntilResume() throws Exception {
        assertThat(say("hold", "sink", "--reason", "new\u001b[2J printer")).isZero();
        assertThat(out.toString()).contains("transport sink on hold; m365-mail resume sink ends it");
        // A consumer that had its place before the hold may take one message each.
        for (int i = 0; i <= CONNECTIONS; i++) {
            send("r" + i + "@fabrikam.com");
        }
        assertThat(say("status")).as("a held transport is not fine").isEqualTo(1);
        assertThat(out.toString())
                .contains("sink is held since", "by hand: new")
                .doesNotContain("\u001b");
        assertThat(sink.taken()).hasSizeLessThanOrEqualTo(CONNECTIONS);
        assertThat(say("resume", "sink")).isZero();
        assertThat(out.toString()).contains("transport sink resumed");
        await().atMost(SOON).untilAsserted(() -> assertThat(sink.taken()).hasSize(CONNECTIONS + 1));
        assertThat(say("status")).isZero();
    }

    @Test
    void moveGivesTheQueueToAnotherUntilResume() throws Exception {
        assertThat(say("move", "sink", "other")).isZero();
        assertThat(out.toString()).contains("the queue of sink goes to other; m365-mail resume sink ends it");
        // As above: some may still have been taken for the sink.
        for (int i = 0; i <= CONNECTIONS; i++) {
            send("r" + i + "@fabrikam.com");
        }
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(sink.taken().size() + other.taken().size()).isEqualTo(CONNECTIONS + 1));
        int moved = other.taken().size();
        assertThat(moved).isPositive();
        awaitStatus("its queue goes to other");
        assertThat(say("resume", "sink")).isZero();
        send("back@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(sink.taken()).extracting(MailSink.Mail::to).contains(List.of("back@fabrikam.com")));
        assertThat(other.taken()).hasSize(moved);
    }

    @Test
    void whatCannotBeIsSaidWithTheReason() {
        assertThat(say("hold", "nobody")).isEqualTo(1);
        assertThat(err.toString()).contains("nobody");
        assertThat(say("resume", "no/body?x=1")).isEqualTo(1);
        assertThat(err.toString()).contains("There is no transport no?body?x?1", "[other, sink]");
        assertThat(say("move", "sink", "sink")).isEqualTo(1);
        assertThat(err.toString()).contains("A queue cannot be moved to itself");
        assertThat(say("move", "sink")).as("usage").isEqualTo(2);
        assertThat(err.toString()).contains("TO");
        assertThat(say("hold")).isEqualTo(2);
    }

    @Test
    void scheduledMailIsListedAndCancelled() throws Exception {
        assertThat(say("scheduled", "list")).isZero();
        assertThat(out.toString()).contains("no scheduled messages");
        Instant due = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        Path part = Files.writeString(
                bundle.folder().resolve("data/pickup/.later.tmp"),
                """
                {"from": "a@contoso.com", "to": ["b@fabrikam.com", "c@fabrikam.com"], "subject": "later", "text": "x",
                 "id": "appointment-1", "sendAt": "%s"}
                """
                        .formatted(due));
        Files.move(part, part.resolveSibling("later.json"));
        await().atMost(SOON).untilAsserted(() -> {
            say("scheduled", "list");
            assertThat(out.toString()).contains("appointment-1");
        });
        List<String> table = out.toString().lines().toList();
        assertThat(table.get(0)).contains("ID", "DUE", "SUBMITTER'S ID");
        assertThat(table.get(1)).contains("folder", "a@contoso.com", "appointment-1");
        assertThat(say("scheduled", "list", "--json")).isZero();
        assertThat(Instant.parse(json().path("items").get(0).path("sendAt").asText()))
                .isEqualTo(due);
        assertThat(json().path("items").get(0).path("recipients").asInt()).isEqualTo(2);

        assertThat(say("scheduled", "cancel", "appointment-1", "appointment-2")).isEqualTo(1);
        assertThat(out.toString()).contains("1 message cancelled");
        assertThat(err.toString()).contains("There is no scheduled message appointment-2");
        assertThat(say("scheduled", "list")).isZero();
        assertThat(out.toString()).contains("no scheduled messages");
        assertThat(say("scheduled", "cancel")).as("never all").isEqualTo(2);
        assertThat(sink.taken()).isEmpty();
    }
}
