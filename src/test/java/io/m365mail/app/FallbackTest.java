package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.Sandbox;
import io.m365mail.smtp.Stage;
import io.m365mail.testing.SmtpSubmitter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A transport that is down and its fallback, over real sockets. */
class FallbackTest extends FlowFixture {
    /** A device that hands over a message every 20 ms, whatever happens behind. */
    private final class Device implements AutoCloseable {
        private final List<String> sent = new CopyOnWriteArrayList<>();
        private final ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor();
        private final SmtpSubmitter connection = new SmtpSubmitter(bundle.smtpPort());
        private volatile Exception failure;

        Device() throws IOException {
            work.scheduleWithFixedDelay(this::send, 0, 20, TimeUnit.MILLISECONDS);
        }

        private void send() {
            String to = "r" + sent.size() + "@fabrikam.com";
            try {
                connection.send(ERP, "goes on", to);
                sent.add(to);
            } catch (IOException e) {
                failure = e;
                work.shutdown();
            }
        }

        /** All that was accepted, once the last one is. */
        List<String> stop() throws Exception {
            work.shutdown();
            assertThat(work.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(failure).as("nothing is refused meanwhile").isNull();
            return sent;
        }

        @Override
        public void close() throws Exception {
            work.shutdownNow();
            connection.close();
        }
    }

    private void awaitHandedTo(String target) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        transport("alerts").path("handedTo").asText())
                .isEqualTo(target));
    }

    /** The first line with each of these words, in the order of the words; each but the first comes once. */
    private static void inOrder(LogOf log, String... words) {
        int at = -1;
        for (String w : words) {
            List<String> lines = log.lines();
            int found = IntStream.range(0, lines.size())
                    .filter(i -> lines.get(i).contains(w))
                    .findFirst()
                    .orElse(-1);
            assertThat(found).as("%s in %s", w, lines).isGreaterThan(at);
            assertThat(at < 0 || log.count(w) == 1)
                    .as("%s once in %s", w, lines)
                    .isTrue();
            at = found;
        }
    }

    @Test
    void theFallbackHasTheQueueWhileTheTransportIsDownAndGivesItBack() throws Exception {
        start("m365.transport.alerts.fallback=onprem\nm365.transport.alerts.fallback-after=1s\n");
        try (var log = new LogOf(
                        "io.m365mail.limit.TransportGate",
                        "io.m365mail.handover",
                        "io.m365mail.delivery.ApplyVerdict");
                var device = new Device()) {
            awaitReceived(exchange, 5);
            int port = exchange.submissionPort();
            Sandbox first = exchange;
            first.close();
            awaitHandedTo("onprem");
            assertThat(transport("alerts").path("reason").asText()).contains("its queue goes to onprem");
            int before = old.log().received().size();
            awaitReceived(old, before + 5);
            exchange = sandbox("exchange", port);
            awaitHandedTo("null");
            int back = exchange.log().received().size();
            awaitReceived(exchange, back + 5);
            List<String> sent = device.stop();
            await().atMost(SOON).untilAsserted(() -> assertThat(arrivals(first, exchange, old))
                    .hasSameSizeAs(sent));
            assertThat(arrivals(first, exchange, old))
                    .containsOnlyKeys(sent)
                    .allSatisfy((who, times) -> assertThat(times).as(who).isEqualTo(1));
            new BundleView(bundle).awaitTotals(sent.size(), sent.size(), 0, 0);
            // As docs/migration.md tells it.
            inOrder(
                    log,
                    "of alerts put off by",
                    "transport alerts on hold: it is down: its queue goes to onprem",
                    "transport alerts: its queue goes to onprem",
                    "transport alerts takes its queue back from onprem",
                    "transport alerts open");
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
}
