package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static io.m365mail.sandbox.SandboxFixture.PASSWORD;
import static io.m365mail.sandbox.SmtpTestClient.GONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults over real sessions: by address, by script, by chance. */
class FaultsTest {
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(new SandboxClock());
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    @Test
    void anAddressFailsAsOftenAsItSaysAndTheOthersOfTheMessagePass() throws Exception {
        String flaky = "tempfail-2x.451-4.7.500@fabrikam.com";
        try (var client = SandboxFixture.logIn(sandbox)) {
            client.command("MAIL FROM:<" + ALERTS + ">");
            assertThat(client.command("RCPT TO:<" + flaky + ">"))
                    .isEqualTo("451 4.7.500 Server busy. Please try again later from [127.0.0.1]. (S77714)");
            assertThat(client.command("RCPT TO:<a@fabrikam.com>")).startsWith("250");
            client.command("DATA");
            assertThat(client.command("From: " + ALERTS + "\r\n\r\nx\r\n.")).startsWith("250");
            assertThat(client.send(ALERTS, flaky)).startsWith("451 4.7.500");
            assertThat(client.send(ALERTS, flaky)).startsWith("250");
        }
        assertThat(sandbox.log().received())
                .extracting(ReceivedMessage::recipients)
                .containsExactly(List.of("a@fabrikam.com"), List.of(flaky));
    }

    @Test
    void addressesRefuseAtRcptOrAtTheEnd() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.send(ALERTS, "reject.550-5.1.10@fabrikam.com"))
                    .startsWith("550 5.1.10 RESOLVER.ADR.RecipientNotFound");
            assertThat(client.send(ALERTS, "unknown@fabrikam.com"))
                    .isEqualTo("550 5.4.1 Recipient address rejected: Access denied.");
            assertThat(client.send(ALERTS, "busy@fabrikam.com"))
                    .isEqualTo("432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded");
            assertThat(client.send(ALERTS, "reject.554-5.4.14.at-end@fabrikam.com"))
                    .isEqualTo("554 5.4.14 Routing loop detected");
            assertThat(client.send(ALERTS, "tempfial@fabrikam.com")).startsWith("250");
            assertThat(client.send(ALERTS, "tempfail-twice@fabrikam.com")).startsWith("501 5.1.3 The sandbox does not");
        }
        assertThat(sandbox.log().receivedCount()).isEqualTo(1);
    }

    @Test
    void anAddressDropsTheConnectionWithOrWithoutTakingTheMessage() throws Exception {
        for (String at : List.of("drop-at-rcpt", "drop-at-data", "drop-at-end")) {
            try (var client = SandboxFixture.logIn(sandbox)) {
                assertThat(dialogue(client, at + "@fabrikam.com")).as(at).isEqualTo(GONE);
            }
        }
        assertThat(sandbox.log().receivedCount()).isZero();
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "drop-after-data-1x@fabrikam.com")).isEqualTo(GONE);
        }
        sandbox.log().awaitReceived(1, Duration.ofSeconds(5));
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "drop-after-data-1x@fabrikam.com")).startsWith("250");
        }
        // The same bytes to the same recipient twice: what a lost reply does to an honest client.
        assertThat(sandbox.log().duplicates()).hasSize(1).containsValue(2);
    }

    private static String dialogue(SmtpTestClient client, String recipient) throws Exception {
        client.command("MAIL FROM:<" + ALERTS + ">");
        String reply = client.command("RCPT TO:<" + recipient + ">");
        reply = reply.startsWith("250") ? client.command("DATA") : reply;
        return reply.startsWith("354") ? client.command("From: " + ALERTS + "\r\n\r\nx\r\n.") : reply;
    }

    @Test
    void anAddressMakesTheReplyLate() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            long start = System.nanoTime();
            assertThat(client.send(ALERTS, "slow-200ms@fabrikam.com")).startsWith("250");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
        }
    }

    @Test
    void aClientThatGivesUpOnALateReplyHasSentTheMessage() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox)) {
            client.command("MAIL FROM:<" + ALERTS + ">");
            client.command("RCPT TO:<slow-600s@fabrikam.com>");
            client.command("DATA");
            client.say("From: " + ALERTS + "\r\n\r\nx\r\n.");
            assertThat(sandbox.log().awaitReceived(1, Duration.ofSeconds(10))).hasSize(1);
        }
        Awaitility.await().until(() -> sandbox.log().openConnections() == 0);
    }

    @Test
    void theScriptStrikesAtEachStageInItsOrder() throws Exception {
        Script script = sandbox.script();
        script.onNext(Stage.CONNECT).reply("421 4.3.2 Service not available");
        try (var client = SmtpTestClient.plain(sandbox)) {
            assertThat(client.greeting()).isEqualTo("421 4.3.2 Service not available");
            assertThat(client.read()).isEqualTo(GONE);
        }
        script.onNext(Stage.EHLO).reply("451 4.7.0 Temporary server error. Please try again later. PRX4");
        script.onNext(Stage.AUTH).reply("451 4.7.0 Temporary server error. Please try again later. PRX4");
        script.onNext(Stage.MAIL).reply("451 4.3.0 first");
        script.onNext(Stage.MAIL).times(2).reply("451 4.3.0 then twice");
        script.onNext(Stage.DATA).reply("451 4.3.0 at DATA");
        assertThat(script.pending()).isEqualTo(6);
        try (var client = SmtpTestClient.plain(sandbox)) {
            assertThat(client.command("EHLO c")).startsWith("451 4.7.0");
            client.command("EHLO c");
            client.startTls();
            client.command("EHLO c");
            assertThat(client.authLogin(ALERTS, PASSWORD)).startsWith("451 4.7.0");
            assertThat(client.authLogin(ALERTS, PASSWORD)).startsWith("235");
            var replies = new ArrayList<String>();
            for (int i = 0; i < 5; i++) {
                replies.add(client.send(ALERTS, "a@fabrikam.com").substring(0, 9));
                client.command("RSET");
            }
            assertThat(replies).containsExactly("451 4.3.0", "451 4.3.0", "451 4.3.0", "451 4.3.0", "250 2.0.0");
        }
        assertThat(script.pending()).isZero();
        assertThat(sandbox.log().refusals())
                .extracting(SandboxEvents.Refusal::stage)
                .containsExactly(Stage.CONNECT, Stage.EHLO, Stage.AUTH, Stage.MAIL, Stage.MAIL, Stage.MAIL, Stage.DATA);
    }

    @Test
    void theScriptConcernsOneMailboxOnly() throws Exception {
        sandbox.mailbox("erp@contoso.com", PASSWORD);
        sandbox.script().onNext(Stage.MAIL).forMailbox("erp@contoso.com").reply("421 4.3.2 Service not active");
        try (var alerts = SandboxFixture.logIn(sandbox);
                var erp = SmtpTestClient.loggedIn(sandbox, "erp@contoso.com", PASSWORD)) {
            assertThat(alerts.send(ALERTS, "a@fabrikam.com")).startsWith("250");
            assertThat(erp.send("erp@contoso.com", "a@fabrikam.com")).isEqualTo("421 4.3.2 Service not active");
            assertThat(erp.read()).isEqualTo(GONE);
        }
    }

    @Test
    void theScriptDropsBeforeInsteadOfAndAfterTheReply() throws Exception {
        sandbox.script().onNext(Stage.END_OF_DATA).drop();
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "a@fabrikam.com")).isEqualTo(GONE);
        }
        assertThat(sandbox.log().receivedCount()).isZero();
        sandbox.script().onNext(Stage.END_OF_DATA).dropInsteadOfReply();
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "a@fabrikam.com")).isEqualTo(GONE);
        }
        sandbox.log().awaitReceived(1, Duration.ofSeconds(5));
        sandbox.script().onNext(Stage.END_OF_DATA).dropAfterReply();
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "a@fabrikam.com")).startsWith("250");
            assertThat(client.command("NOOP\r\nMAIL FROM:<" + ALERTS + ">")).matches("250 2.0.0 OK|.*lost.*");
            assertThat(client.read()).isEqualTo(GONE);
        }
        sandbox.script().onNext(Stage.RCPT).replyAndDrop("451 4.7.500 Server busy");
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(dialogue(client, "a@fabrikam.com")).isEqualTo("451 4.7.500 Server busy");
            assertThat(client.read()).isEqualTo(GONE);
        }
        assertThat(sandbox.log().receivedCount()).isEqualTo(2);
    }

    @Test
    void theScriptMakesACommandLate() throws Exception {
        sandbox.script().onNext(Stage.RCPT).after(Duration.ofMillis(200)).proceed();
        try (var client = SandboxFixture.logIn(sandbox)) {
            long start = System.nanoTime();
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
        }
    }

    @Test
    void mistakesInAScriptAreSaidAtOnce() {
        Script script = sandbox.script();
        assertThatThrownBy(() -> script.onNext(Stage.TLS)).hasMessageContaining("no faults at TLS");
        assertThatThrownBy(() -> script.onNext(Stage.AUTH).forMailbox(ALERTS))
                .hasMessageContaining("nobody is logged in");
        assertThatThrownBy(() -> script.onNext(Stage.MAIL).reply("Service not active"))
                .hasMessageContaining("not a reply");
        assertThatThrownBy(() -> script.onNext(Stage.MAIL).reply("250 2.1.0 OK"))
                .hasMessageContaining("4xx or 5xx");
        assertThat(script.pending()).isZero();
    }

    @Test
    void chanceRepeatsItselfWithTheSameSeed() throws Exception {
        long seed = 4711;
        List<Boolean> first = rolls(seed);
        sandbox.reset();
        assertThat(rolls(seed)).as("seed %d", seed).isEqualTo(first).contains(true, false);
        sandbox.reset();
        try (var client = SandboxFixture.logIn(sandbox)) {
            assertThat(client.send(ALERTS, "a@fabrikam.com"))
                    .as("no chance after a reset")
                    .startsWith("250");
        }
    }

    private List<Boolean> rolls(long seed) throws Exception {
        sandbox.randomFaults(new RandomFaults(seed).reply(Stage.MAIL, 0.5, "451 4.3.0 by chance"));
        var failed = new ArrayList<Boolean>();
        try (var client = SandboxFixture.logIn(sandbox)) {
            for (int i = 0; i < 20; i++) {
                failed.add(client.send(ALERTS, "a@fabrikam.com").startsWith("451"));
            }
        }
        return failed;
    }

    @Test
    void everyConnectionCanBeCut() throws Exception {
        try (var one = SandboxFixture.logIn(sandbox);
                var two = SandboxFixture.logIn(sandbox)) {
            sandbox.dropConnections();
            assertThat(one.read()).isEqualTo(GONE);
            assertThat(two.read()).isEqualTo(GONE);
        }
    }
}
