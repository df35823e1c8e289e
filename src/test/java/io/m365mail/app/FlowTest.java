package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m365mail.limit.Timing;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.smtp.Stage;
import io.m365mail.testing.RawSmtpClient;
import io.m365mail.testing.SmtpSubmitter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that go another way: fallback, hold, move, copies, parks, loops and reports, over real sockets. */
class FlowTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ERP = "erp@contoso.com";
    private static final BundleTiming FAST = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
    private static final String QUICK_RETRY = "m365.retry.initial=1s\nm365.retry.maximum=2s\n";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Sandbox exchange;
    private Sandbox old;
    private RunningBundle bundle;

    @BeforeEach
    void sandboxes() throws Exception {
        exchange = sandbox("exchange", 0);
        old = sandbox("old", 0);
    }

    @AfterEach
    void close() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        for (AutoCloseable c : open) {
            c.close();
        }
    }

    private Sandbox sandbox(String name, int port) throws Exception {
        Sandbox s = Sandbox.builder(folder.resolve(name))
                .ports(port, 0)
                .limits(SandboxLimits.none())
                .refusedAuthDelay(Duration.ZERO)
                .build();
        s.mailbox(ERP, "secret1").sendAs("hr@contoso.com");
        s.start();
        open.add(s);
        return s;
    }

    private void start(String more) throws Exception {
        bundle = RunningBundle.start(
                folder, exchange("alerts", exchange) + server("onprem", old) + QUICK_RETRY + more, FAST);
    }

    private static String exchange(String name, Sandbox s) {
        return RunningBundle.mailbox(name, s, ERP, "secret1")
                + "m365.transport." + name + ".messages-per-minute=0\n"
                + "m365.transport." + name + ".senders=*@contoso.com\n";
    }

    private static String server(String name, Sandbox s) {
        return """
                m365.transport.%1$s.type=server
                m365.transport.%1$s.host=%2$s
                m365.transport.%1$s.port=%3$d
                m365.transport.%1$s.tls=require
                m365.transport.%1$s.trust-store=%4$s
                m365.transport.%1$s.trust-store-password=%5$s
                m365.transport.%1$s.username=%6$s
                m365.transport.%1$s.password=secret1
                """
                .formatted(name, s.host(), s.submissionPort(), s.trustStore(), s.trustStorePassword(), ERP);
    }

    private void submit(String subject, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), ERP, subject, to);
    }

    private JsonNode status() throws Exception {
        return JsonMapper.builder().build().readTree(bundle.get("/api/status"));
    }

    private JsonNode transport(String name) throws Exception {
        for (JsonNode t : status().path("transports")) {
            if (t.path("name").asText().equals(name)) {
                return t;
            }
        }
        throw new AssertionError("no transport " + name);
    }

    private int post(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + bundle.bundle().managementPort() + path))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** How often each recipient got a message, over all servers. */
    private static Map<String, Integer> arrivals(Sandbox... servers) {
        Map<String, Integer> all = new TreeMap<>();
        for (Sandbox s : servers) {
            s.log().received().forEach(m -> m.recipients().forEach(r -> all.merge(r, 1, Integer::sum)));
        }
        return all;
    }

    private static void awaitReceived(Sandbox s, int n) throws Exception {
        s.log().awaitReceived(n, SOON);
    }

    @Test
    void theFallbackHasTheQueueWhileTheTransportIsDownAndGivesItBack() throws Exception {
        start("m365.transport.alerts.fallback=onprem\nm365.transport.alerts.fallback-after=1s\n");
        List<String> sent = new ArrayList<>();
        try (var device = new SmtpSubmitter(bundle.smtpPort())) {
            for (int i = 0; i < 20; i++) {
                sent.add("before" + i + "@contoso.com");
                device.send(ERP, "before", "before" + i + "@contoso.com");
            }
            int port = exchange.submissionPort();
            awaitReceived(exchange, 5);
            exchange.close();
            Sandbox first = exchange;
            int during = 0;
            for (; !"onprem".equals(transport("alerts").path("handedTo").asText()); during++) {
                assertThat(during).isLessThan(5000);
                sent.add("during" + during + "@contoso.com");
                device.send(ERP, "during", "during" + during + "@contoso.com");
            }
            assertThat(transport("alerts").path("reason").asText()).contains("its queue goes to onprem");
            awaitReceived(old, during);
            exchange = sandbox("exchange", port);
            for (int i = 0; transport("alerts").path("handedTo").isTextual(); i++) {
                assertThat(i).isLessThan(5000);
                sent.add("back" + i + "@contoso.com");
                device.send(ERP, "back", "back" + i + "@contoso.com");
            }
            sent.add("after@contoso.com");
            device.send(ERP, "after", "after@contoso.com");
            await().atMost(SOON).untilAsserted(() -> assertThat(arrivals(first, exchange, old))
                    .containsOnlyKeys(sent)
                    .allSatisfy((who, times) -> assertThat(times).as(who).isEqualTo(1)));
            assertThat(arrivals(exchange)).containsKey("after@contoso.com");
        }
    }

    @Test
    void aRefusedMessageOrLoginIsNoOutage() throws Exception {
        start("m365.transport.alerts.fallback=onprem\nm365.transport.alerts.fallback-after=1s\n");
        exchange.script().onNext(Stage.AUTH).times(3).reply("535 5.7.3 Authentication unsuccessful");
        submit("held", "reject@fabrikam.com", "bob@fabrikam.com");
        awaitReceived(exchange, 1);
        assertThat(exchange.log().refusals().stream()
                        .filter(r -> r.stage() == Stage.AUTH)
                        .count())
                .isEqualTo(3);
        assertThat(old.log().received()).isEmpty();
    }

    @Test
    void aDeliveryWhoseOutcomeIsUnknownNeverMoves() throws Exception {
        start("m365.transport.alerts.fallback=onprem\nm365.transport.alerts.fallback-after=1s\n");
        exchange.script().onNext(Stage.END_OF_DATA).dropInsteadOfReply();
        int port = exchange.submissionPort();
        submit("taken already", "bob@fabrikam.com");
        awaitReceived(exchange, 1);
        exchange.close();
        submit("not taken", "ann@fabrikam.com");
        awaitReceived(old, 1);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(transport("alerts").path("aside").asInt()).isEqualTo(1));
        assertThat(arrivals(old)).containsOnlyKeys("ann@fabrikam.com");
        exchange = sandbox("exchange", port);
        awaitReceived(exchange, 1);
        assertThat(arrivals(exchange)).containsOnlyKeys("bob@fabrikam.com");
        assertThat(arrivals(old)).containsOnlyKeys("ann@fabrikam.com");
    }

    @Test
    void holdAndMoveByHandSurviveARestart() throws Exception {
        start("");
        assertThat(post("/api/transports/alerts/hold?reason=maintenance")).isEqualTo(200);
        assertThat(post("/api/transports/nobody/hold")).isEqualTo(409);
        // A consumer that had its place before the hold may take one more message.
        for (int i = 0; i < 6; i++) {
            submit("waits", "bob" + i + "@fabrikam.com");
        }
        bundle.close();
        start("");
        assertThat(transport("alerts").path("reason").asText()).isEqualTo("by hand: maintenance");
        int waiting = transport("alerts").path("queued").asInt();
        assertThat(waiting).isBetween(3, 6);
        await().atMost(SOON).untilAsserted(() -> assertThat(bundle.get("/observe/health"))
                .contains("by hand: maintenance")
                .startsWith("{\"status\":\"UP\""));
        assertThat(post("/api/transports/alerts/move?to=alerts")).isEqualTo(409);
        assertThat(post("/api/transports/alerts/move?to=onprem")).isEqualTo(200);
        awaitReceived(old, waiting);
        bundle.close();
        start("");
        submit("moved too", "ann@fabrikam.com");
        awaitReceived(old, waiting + 1);
        assertThat(post("/api/transports/alerts/resume")).isEqualTo(200);
        submit("not moved", "eve@fabrikam.com");
        awaitReceived(exchange, 6 - waiting + 1);
        assertThat(arrivals(exchange, old)).hasSize(8).allSatisfy((who, n) -> assertThat(n)
                .isEqualTo(1));
        assertThat(arrivals(exchange)).containsKey("eve@fabrikam.com");
    }

    @Test
    void theQueueOfATransportThatIsGoneIsChosenAnewAtStart() throws Exception {
        start("m365.route.1.to=*@fabrikam.com\nm365.route.1.transport=onprem\n");
        post("/api/transports/onprem/hold");
        submit("stranded?", "bob@fabrikam.com");
        old.script().onNext(Stage.MAIL).reply("451 4.3.2 later");
        bundle.close();
        bundle = RunningBundle.start(folder, exchange("alerts", exchange) + QUICK_RETRY, FAST);
        awaitReceived(exchange, 1);
        assertThat(arrivals(exchange)).containsOnlyKeys("bob@fabrikam.com");
        assertThat(old.log().received()).isEmpty();
    }

    @Test
    void copiesGoToInternalRecipientsAndDisturbNobody() throws Exception {
        start("m365.transport.alerts.copy-to=onprem\n");
        submit("with copy", "ann@contoso.com", "bob@fabrikam.com");
        awaitReceived(exchange, 1);
        awaitReceived(old, 1);
        assertThat(arrivals(old)).containsOnlyKeys("ann@contoso.com");
        submit("external only", "bob@fabrikam.com");
        awaitReceived(exchange, 2);
        submit("refused there", "reject+1@contoso.com", "carl@contoso.com");
        old.close();
        submit("server away", "dora@contoso.com");
        awaitReceived(exchange, 4);
        JsonNode totals = status().path("totals");
        assertThat(totals.path("accepted").asInt()).isEqualTo(6);
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode t = status().path("totals");
            assertThat(t.path("delivered").asInt()).isEqualTo(5);
            assertThat(t.path("dead").asInt()).isEqualTo(1);
        });
    }

    @Test
    void anArchiveGetsOneCopyOfEachMessage() throws Exception {
        start("m365.transport.alerts.copy-to=onprem\nm365.transport.alerts.copy-recipients=archive@contoso.com\n"
                + "m365.transport.alerts.recipients-per-message=1\n");
        submit("with copy", "ann@contoso.com", "bob@fabrikam.com");
        awaitReceived(exchange, 2);
        awaitReceived(old, 1);
        assertThat(arrivals(old)).isEqualTo(Map.of("archive@contoso.com", 1));
    }

    @Test
    void aLoopThroughTheOldServerEndsWithOneDeadLetter() throws Exception {
        int own = RunningBundle.freePort();
        bundle = RunningBundle.start(
                folder,
                """
                m365.source.again.type=smtp
                m365.source.again.port=%1$d
                m365.transport.loop.type=server
                m365.transport.loop.host=127.0.0.1
                m365.transport.loop.port=%1$d
                m365.transport.loop.tls=off
                m365.route.1.transport=loop
                """
                        .formatted(own),
                FAST);
        submit("round and round", "bob@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(status().path("dead").path("count").asInt()).isEqualTo(1));
        assertThat(bundle.get("/api/dead")).contains("5.4.6", "Routing loop detected");
        assertThat(transport("loop").path("queued").asInt()).isZero();
        assertThat(transport("loop").path("delayed").asInt()).isZero();
    }

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
