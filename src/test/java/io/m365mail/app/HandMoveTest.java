package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.m365mail.smtp.Stage;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Holds and moves by hand, and queues of transports that are gone, over real sockets and restarts. */
class HandMoveTest extends FlowFixture {
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
    void whatTheOtherTransportCannotCarryStaysAsideAndDoesNotDie() throws Exception {
        start(
                """
                m365.dns.server=%s
                m365.transport.mx.type=direct-send
                m365.transport.mx.port=%d
                m365.transport.mx.trust-store=%s
                m365.transport.mx.trust-store-password=%s
                """
                        .formatted(
                                exchange.dns().server(),
                                exchange.mxPort(),
                                exchange.trustStore(),
                                exchange.trustStorePassword()));
        assertThat(post("/api/transports/alerts/hold")).isEqualTo(200);
        // Consumers that had their place before the hold may take one more message each.
        for (int i = 0; i < 6; i++) {
            submit("inside and outside", ERP, "bob" + i + "@fabrikam.com");
        }
        int sent = exchange.log().received().size();
        assertThat(post("/api/transports/alerts/move?to=mx")).isEqualTo(200);
        await().atMost(SOON).untilAsserted(() -> assertThat(arrivals(exchange)).containsEntry(ERP, 6));
        assertThat(arrivals(exchange)).hasSizeLessThanOrEqualTo(1 + Math.max(sent, 3));
        assertThat(post("/api/transports/alerts/resume")).isEqualTo(200);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(arrivals(exchange)).hasSize(7).containsEntry("bob5@fabrikam.com", 1));
        new BundleView(bundle).awaitTotals(12, 12, 0, 0);
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
    void aReplayGoesByAnotherWayWhereTheOneItDiedOnCannotCarryItAnyMore() throws Exception {
        start("");
        exchange.script().onNext(Stage.RCPT).reply("550 5.7.1 not today");
        submit("for nobody today", "bob@fabrikam.com");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(new BundleView(bundle).dead()).hasSize(1));
        bundle.close();
        String notHers =
                exchange("alerts", exchange).replace(ERP, "hr@contoso.com").replace("senders=*@", "senders=hr@");
        bundle = RunningBundle.start(folder, notHers + server("onprem", old) + QUICK_RETRY, FAST);
        HttpResponse<String> refused = replay();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("no transport carries mail from <erp@contoso.com>", "m365.route.<n>");
        bundle.close();
        bundle = RunningBundle.start(
                folder,
                notHers
                        + server("onprem", old)
                        + QUICK_RETRY
                        + "m365.route.1.from=erp@contoso.com\nm365.route.1.transport=onprem\n",
                FAST);
        assertThat(replay().body()).contains("\"replayed\":1");
        awaitReceived(old, 1);
        assertThat(arrivals(exchange, old)).containsOnlyKeys("bob@fabrikam.com");
        assertThat(new BundleView(bundle).dead()).isEmpty();
    }

    private HttpResponse<String> replay() throws Exception {
        String id = new ObjectMapper()
                .readTree(bundle.get("/api/dead"))
                .at("/items/0/id")
                .asText();
        return bundle.post("/api/dead/" + id + "/replay");
    }
}
