package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.Test;

/** Send times: from the source to the mailbox endpoint, across a restart, and cancelled. */
class ScheduledSendTest extends SourcesBundle {
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
        Instant due = due();
        for (String id : List.of("one", "two")) {
            publish("{\"from\":\"alerts@contoso.com\",\"to\":[\"b@fabrikam.com\"],\"id\":\"" + id + "\",\"sendAt\":\""
                    + due + "\",\"attachments\":[{\"name\":\"x.bin\",\"content\":\"" + content + "\"}]}");
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":2"));
        assertThat(bundle.delete("/api/scheduled/one")).contains("\"cancelled\":1");
        ReceivedMessage got = received(1, due).get(0);
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

    /** At the moment when they are due some are cancelled: a yes means that it never leaves, a no that it does. */
    @Test
    void aMessageIsCancelledOrSentButNeverBoth() throws Exception {
        Instant due = due();
        int n = 24;
        var all = new ArrayList<Submit.MessageMaker>();
        for (int i = 0; i < n; i++) {
            String json = "{\"from\":\"alerts@contoso.com\",\"to\":[\"bob@fabrikam.com\"],\"id\":\"n" + i
                    + "\",\"subject\":\"n" + i + "\",\"text\":\"x\",\"sendAt\":\"" + due + "\"}";
            all.add(session -> session.createTextMessage(json));
        }
        new Submit(bundle).jms(all.toArray(Submit.MessageMaker[]::new));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(bundle.get("/api/scheduled")).contains("\"total\":" + n));
        await().pollInterval(Duration.ofMillis(1)).until(() -> Instant.now().isAfter(due.minusMillis(100)));
        List<String> cancelled = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (bundle.delete("/api/scheduled/n" + i).contains("\"cancelled\":1")) {
                cancelled.add("n" + i);
            }
        }
        List<ReceivedMessage> sent = received(n - cancelled.size(), due);
        System.out.println("cancelled " + cancelled.size() + ", sent " + sent.size());
        assertThat(sent)
                .noneMatch(m -> cancelled.stream().anyMatch(id -> subject(m).equals(id)));
        await().during(Duration.ofSeconds(1))
                .until(() -> sandbox.log().received().size() == n - cancelled.size());
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
