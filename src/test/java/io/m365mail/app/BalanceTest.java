package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.limit.Timing;
import io.m365mail.smtp.Stage;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Promise 2: accepted = delivered + dead + queued, in recipients, wherever they wait; cancelled ones are said so. */
class BalanceTest extends FlowFixture {
    private static final BundleTiming PATIENT = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1));

    /** What earlier runs counted: a process begins at zero. */
    private final int[] before = new int[4];

    private void run(String retry) throws Exception {
        bundle = RunningBundle.start(
                folder,
                exchange("alerts", exchange)
                        + server("onprem", old)
                        + "m365.transport.alerts.copy-to=onprem\nm365.transport.onprem.connections=2\n"
                        + "m365.retry.initial=" + retry + "\nm365.retry.maximum=" + retry + "\n",
                PATIENT);
    }

    /** A consumer that waits for a message already still takes one; none does after a restart. */
    private void hold(String transport) throws Exception {
        post("/api/transports/" + transport + "/hold");
        restart("1h");
    }

    private void restart(String retry) throws Exception {
        remember();
        bundle.close();
        run(retry);
    }

    /** What is counted between the last look and the end of a run would be missing in the sum over all runs. */
    private void awaitRest() {
        await().atMost(SOON).until(() -> {
            JsonNode t = transport("alerts");
            return t.path("delayed").asInt() == 0
                    && t.path("inDelivery").asInt() == 0
                    && (t.path("queued").asInt() == 0
                            || !t.path("state").asText().equals("open"));
        });
    }

    private void remember() throws Exception {
        int[] sums = sums(status().path("totals"));
        System.arraycopy(sums, 0, before, 0, before.length);
    }

    /** Over all runs: accepted, delivered, dead, cancelled. */
    private int[] sums(JsonNode t) {
        return new int[] {
            before[0] + t.path("accepted").asInt(),
            before[1] + t.path("delivered").asInt(),
            before[2] + t.path("dead").asInt(),
            before[3] + t.path("cancelled").asInt()
        };
    }

    private void awaitTotals(int accepted, int delivered, int dead, int cancelled, int queued) {
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode t = status().path("totals");
            assertThat(Arrays.toString(sums(t)) + " " + t.path("queued"))
                    .isEqualTo(Arrays.toString(new int[] {accepted, delivered, dead, cancelled}) + " " + queued);
            assertAddsUp(t);
        });
    }

    private static void assertAddsUp(JsonNode t) {
        assertThat(t.path("queuedExact").asBoolean()).isTrue();
        assertThat(t.path("queuedAtStart").asInt() + t.path("accepted").asInt())
                .as("%s", t)
                .isEqualTo(t.path("delivered").asInt()
                        + t.path("dead").asInt()
                        + t.path("cancelled").asInt()
                        + t.path("queued").asInt());
    }

    private static String[] people(String prefix, String domain, int n) {
        String[] all = new String[n];
        for (int i = 0; i < n; i++) {
            all[i] = prefix + i + "@" + domain;
        }
        return all;
    }

    /** Two recipients, due in an hour. */
    private void schedule(String id) throws Exception {
        new Submit(bundle)
                .jms(session -> session.createTextMessage("{\"from\":\"" + ERP
                        + "\",\"to\":[\"a@fabrikam.com\",\"b@fabrikam.com\"],\"text\":\"x\",\"id\":\"" + id
                        + "\",\"sendAt\":\"" + Instant.now().plusSeconds(3600) + "\"}"));
    }

    @Test
    void queuedAreTheRecipientsWhereverTheirMessagesWait() throws Exception {
        run("1h");
        hold("onprem");
        submit("delivered, and copied", people("in", "contoso.com", 2));
        awaitTotals(2, 2, 0, 0, 0);
        assertThat(transport("onprem").path("queued").asInt()).as("the copy").isEqualTo(1);
        submit("put off, dead, delivered", "tempfail+1@a.com", "tempfail+2@a.com", "reject+1@a.com", "ok@a.com");
        awaitTotals(6, 3, 1, 0, 2);
        schedule("one");
        schedule("two");
        awaitTotals(10, 3, 1, 0, 6);
        assertThat(bundle.delete("/api/scheduled/one")).contains("\"cancelled\":1");
        awaitTotals(10, 3, 1, 2, 4);
        exchange.script()
                .onNext(Stage.END_OF_DATA)
                .reply("550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending"
                        + " email to external recipients (tenant external recipient rate limit)");
        submit("parked", people("out", "fabrikam.com", 3));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(transport("alerts").path("aside").asInt()).isEqualTo(1));
        awaitTotals(13, 3, 1, 2, 7);
        hold("alerts");
        submit("held", people("held", "contoso.com", 3));
        byte[] large = new byte[2_000_000];
        Arrays.fill(large, (byte) 'x');
        System.arraycopy("Subject: large\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, large, 0, 18);
        for (int i = 90; i < large.length; i += 70) {
            large[i] = '\r';
            large[i + 1] = '\n';
        }
        assertThat(new Submit(bundle).data(ERP, List.of("l1@contoso.com", "l2@contoso.com"), large))
                .startsWith("250");
        awaitTotals(18, 3, 1, 2, 12);

        restart("1h");
        assertThat(status().path("totals").path("queuedAtStart").asInt()).isEqualTo(12);
        awaitTotals(18, 3, 1, 2, 12);
        post("/api/transports/alerts/resume");
        awaitTotals(18, 11, 1, 2, 4);
    }

    /** A transport is taken out of the configuration: who cannot be carried any more is dead, and counted so. */
    @Test
    void whoLosesHisTransportIsDead() throws Exception {
        run("1h");
        hold("alerts");
        submit("held", people("out", "fabrikam.com", 3));
        awaitTotals(3, 0, 0, 0, 3);
        remember();
        bundle.close();
        bundle = RunningBundle.start(folder, server("onprem", old), PATIENT);
        awaitTotals(3, 0, 3, 0, 0);
    }

    /** After each step, at rest, and across restarts; delivered is what the server has, accepted what was handed in. */
    @Test
    void itAddsUpAfterEachStep() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        run("1s");
        int accepted = 0;
        int scheduled = 0;
        for (int step = 0; step < 25; step++) {
            switch (random.nextInt(8)) {
                case 0 -> post("/api/transports/alerts/hold");
                case 1 -> post("/api/transports/alerts/resume");
                case 2 -> {
                    schedule("s" + step);
                    accepted += 2;
                    scheduled++;
                }
                case 3 -> {
                    for (int i = 0; i < step && scheduled > 0; i++) {
                        scheduled -= bundle.delete("/api/scheduled/s" + i).contains("\"cancelled\":1") ? 1 : 0;
                    }
                }
                case 4 -> {
                    awaitRest();
                    restart("1s");
                }
                default -> accepted += submitSome(random, step);
            }
            int expected = accepted;
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode t = status().path("totals");
                int[] sums = sums(t);
                assertThat(sums[0]).isEqualTo(expected);
                assertThat(sums[1]).isEqualTo(arrivals(exchange).size());
                assertThat(sums[0])
                        .isEqualTo(
                                sums[1] + sums[2] + sums[3] + t.path("queued").asInt());
                assertAddsUp(t);
            });
        }
        post("/api/transports/alerts/resume");
        int expected = accepted;
        int waiting = 2 * scheduled;
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode t = status().path("totals");
            assertThat(t.path("queued").asInt()).isEqualTo(waiting);
            int[] sums = sums(t);
            assertThat(sums[0]).isEqualTo(expected).isEqualTo(sums[1] + sums[2] + sums[3] + waiting);
        });
    }

    /** No address comes twice, so arrivals are deliveries. */
    private int submitSome(Random random, int step) throws Exception {
        List<String> to = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(6); i++) {
            String kind = List.of("ok", "reject", "tempfail-1x", "unknown").get(random.nextInt(4));
            to.add(kind + "+" + step + "." + i + (random.nextBoolean() ? "@contoso.com" : "@fabrikam.com"));
        }
        Collections.shuffle(to, random);
        SmtpSubmitter.submit(bundle.smtpPort(), ERP, "step " + step, to.toArray(String[]::new));
        return to.size();
    }
}
