package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.broker.Queues;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.testing.RawSmtpClient;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Send times: from the source to the mailbox endpoint, across a restart, and cancelled. */
class ScheduledSendTest extends SourcesBundle {
    /** Fewer messages in all than a mailbox may send in a minute. */
    private static final int ROUNDS = 3;

    private static final int RACING = 10;
    private static final int MOST_DELAY_MILLIS = 30;
    /** They are tried after all have become due. */
    private static final int LEFT = 2;

    @Test
    void aScheduledMessageLeavesWhenItIsDueAndACancelledOneNever() throws Exception {
        Instant due = due();
        drop(
                "later.eml",
                "From: alerts@contoso.com\nTo: a@fabrikam.com\nX-M365-Send-At: " + due + "\nSubject: later\n\nx\n");
        publish("{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"text\":\"x\",\"sendAt\":\"" + due
                + "\"}");
        publish(
                "From: alerts@contoso.com\nTo: c@fabrikam.com\n\nx\n",
                m -> m.setStringProperty("M365SendAt", due.toString()),
                m -> m.setStringProperty("M365Id", "appointment 'x'/1"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":3"));
        assertThat(bundle.get("/api/scheduled"))
                .contains("appointment 'x'/1", "\"sendAt\":\"" + due.toString().substring(0, 19));
        assertThat(bundle.delete("/api/scheduled/appointment%20%27x%27%2F1")).contains("\"cancelled\":1");
        assertThat(bundle.delete("/api/scheduled/appointment%20%27x%27%2F1")).contains("There is no scheduled message");
        assertThat(bundle.get("/api/status")).contains("\"cancelled\":1");
        bundle.close();
        startBundle();
        assertThat(received(2, due)).allSatisfy(m -> assertThat(m.mailAt()).isAfterOrEqualTo(due));
        await().during(Duration.ofSeconds(2))
                .until(() -> sandbox.log().received().size() == 2);
        assertThat(text(sandbox.log().received().get(0))).doesNotContain("X-M365-Send-At");
    }

    @Test
    void aLargeScheduledMessageLosesItsBodyWhenItIsCancelledOrSent() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        String content = java.util.Base64.getEncoder().encodeToString(bytes);
        Instant due = Instant.now().plus(Duration.ofHours(1));
        for (String id : List.of("one", "two")) {
            publish("{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"id\":\"" + id + "\",\"sendAt\":\""
                    + due + "\",\"attachments\":[{\"name\":\"x.bin\",\"content\":\"" + content + "\"}]}");
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":2"));
        assertThat(bundle.delete("/api/scheduled/one")).contains("\"cancelled\":1");
        makeDue();
        ReceivedMessage got = received(1).get(0);
        var mime = new MimeMessage(
                null, new ByteArrayInputStream(got.content().orElseThrow().toBytes()));
        assertThat(((MimeMultipart) mime.getContent())
                        .getBodyPart(1)
                        .getInputStream()
                        .readAllBytes())
                .isEqualTo(bytes);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        bundle.bundle().infrastructure().admin().queueNames("m365.body."))
                .isEmpty());
    }

    /** Instead of a wait: the broker hands out what is scheduled as it does when the time has come. */
    private void makeDue() {
        bundle.bundle().infrastructure().admin().deliverScheduled(Queues.SCHEDULED);
    }

    /**
     * While they are cancelled one by one they become due, all at once and somewhere in the first half: a yes means that it
     * never leaves, a no that it does. So the first ones are surely cancelled, the last ones surely sent, and one or two in
     * between are raced for, in each round.
     */
    @Test
    void aMessageIsCancelledOrSentButNeverBoth() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        List<String> cancelled = new ArrayList<>();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            schedule(round);
            accepted += RACING;
            int before = cancelled.size();
            int released = 1 + random.nextInt(RACING / 2);
            cancelled.addAll(cancelWhileDue(round, released, random));
            int here = cancelled.size() - before;
            System.out.println("cancelled " + here + " of " + RACING + ", due from " + released + " on");
            assertThat(here).as("seed %d", seed).isBetween(released, RACING - LEFT);
            received(accepted - cancelled.size());
        }
        int sent = accepted - cancelled.size();
        await().during(Duration.ofSeconds(1))
                .until(() -> sandbox.log().received().size() == sent);
        assertThat(sandbox.log().received().stream().map(ScheduledSendTest::subject))
                .as("seed %d", seed)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(cancelled);
    }

    private void schedule(int round) throws Exception {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        var all = new ArrayList<Submit.MessageMaker>();
        for (int i = 0; i < RACING; i++) {
            String id = round + "-" + i;
            String json = "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob@fabrikam.com\"],\"id\":\"" + id
                    + "\",\"subject\":\"" + id + "\",\"text\":\"x\",\"sendAt\":\"" + later + "\"}";
            all.add(session -> session.createTextMessage(json));
        }
        new Submit(bundle).jms(all.toArray(Submit.MessageMaker[]::new));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":" + RACING));
    }

    /** @param released how many are cancelled before all the others become due, a moment later and beside the cancelling */
    private List<String> cancelWhileDue(int round, int released, Random random) throws Exception {
        List<String> cancelled = new ArrayList<>();
        Future<?> due = null;
        for (int i = 0; i < RACING; i++) {
            if (i == released) {
                due = CompletableFuture.runAsync(
                        this::makeDue,
                        CompletableFuture.delayedExecutor(random.nextInt(MOST_DELAY_MILLIS), TimeUnit.MILLISECONDS));
            } else if (i == RACING - LEFT) {
                due.get();
            }
            String id = round + "-" + i;
            if (bundle.delete("/api/scheduled/" + id).contains("\"cancelled\":1")) {
                cancelled.add(id);
            }
        }
        return cancelled;
    }

    private static String subject(ReceivedMessage m) {
        try {
            return new MimeMessage(
                            null,
                            new ByteArrayInputStream(m.content().orElseThrow().toBytes()))
                    .getSubject();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTimeMoreThanAYearAheadIsRefusedByEachSource() throws Exception {
        Instant far = Instant.now().plus(Duration.ofDays(367));
        String header = "From: alerts@contoso.com\r\nX-M365-Send-At: " + far + "\r\n\r\nx";
        try (var client = new RawSmtpClient(bundle.smtpPort())) {
            Submit.open(client, "alerts@contoso.com", List.of("bob@fabrikam.com"));
            client.command("DATA");
            assertThat(client.command(header + "\r\n."))
                    .startsWith("501 5.5.4 The send time " + far)
                    .contains("more than 366 days ahead");
        }
        drop("far.eml", "To: bob@fabrikam.com\r\n" + header);
        assertThat(reason("far.eml")).contains("more than 366 days ahead");
        publish("To: bob@fabrikam.com\r\n" + header);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/dead")).contains("\"total\":2"));
        assertThat(bundle.get("/api/scheduled")).contains("\"total\":0");
    }

    @Test
    void whatNoTransportCarriesAnyMoreWhenItIsDueIsADeadLetter() throws Exception {
        Instant due = due();
        publish(
                "{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"id\":\"n1\",\"text\":\"x\",\"sendAt\":\""
                        + due + "\"}");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":1"));
        bundle.close();
        bundle = RunningBundle.start(folder, RunningBundle.mailbox("erp", sandbox, "erp@contoso.com", "secret1"));
        await().atMost(Duration.between(Instant.now(), due).plus(SOON))
                .untilAsserted(() -> assertThat(bundle.get("/api/dead")).contains("\"total\":1", "alerts@contoso.com"));
        assertThat(bundle.get("/api/status"))
                .as("one queued at the start = one dead")
                .contains("\"queuedAtStart\":1", "\"accepted\":0", "\"dead\":1", "\"queued\":0,\"queuedExact\":true");
        assertThat(bundle.get("/api/scheduled")).contains("\"total\":0");
    }
}
