package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.testing.FreePort;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Copies to the kept server, and loops through it, over real sockets. */
class CopiesTest extends FlowFixture {
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
        assertThat(arrivals(exchange))
                .containsOnlyKeys("ann@contoso.com", "bob@fabrikam.com", "carl@contoso.com", "dora@contoso.com")
                .containsEntry("bob@fabrikam.com", 2)
                .containsEntry("dora@contoso.com", 1);
        assertThat(old.log().duplicates()).as("each copy once").isEmpty();
        assertThat(arrivals(old)).as("no copy to an external recipient").doesNotContainKey("bob@fabrikam.com");
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
        int own = FreePort.next();
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
        JsonNode totals = status().path("totals");
        assertThat(totals.path("accepted").asInt())
                .as("each round is accepted and delivered, the last one dies")
                .isEqualTo(totals.path("delivered").asInt() + 1)
                .isBetween(2, 100);
        assertThat(transport("loop").path("queued").asInt()).isZero();
        assertThat(transport("loop").path("delayed").asInt()).isZero();
    }
}
