package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.RawSmtpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is handed over twice is one submission; what only looks the same stays two. */
class RepeatedSubmissionsTest extends SourcesBundle {
    @Test
    void theSameJmsIdIsOneSubmissionAlsoAfterARestart() throws Exception {
        Change id = m -> m.setStringProperty("M365Id", "order-1");
        String mail = "From: alerts@contoso.com\nTo: bob@fabrikam.com\nSubject: once\n\nx\n";
        for (int i = 0; i < 5; i++) {
            publish(mail, id);
        }
        received(1);
        bundle.close();
        startBundle();
        publish(mail, id);
        publish(mail, m -> m.setStringProperty("M365Id", "order-2"));
        received(2);
        await().untilAsserted(() -> assertThat(bundle.get("/api/status")).contains("\"submit\":{\"queued\":0}"));
        assertThat(sandbox.log().received()).hasSize(2);
    }

    @Test
    void anSmtpClientThatDidNotHearTheAnswerIsNotTakenTwice() throws Exception {
        String mail = "From: alerts@contoso.com\r\nMessage-ID: <1@printer>\r\n\r\nx\r\n.";
        try (var client = greeted()) {
            send(client, mail);
            client.reset();
        }
        received(1);
        try (var client = greeted()) {
            assertThat(send(client, mail)).startsWith("250");
            client.command("QUIT");
        }
        try (var client = greeted()) {
            // This client has heard the answer before, so these are new, however equal.
            assertThat(send(client, mail)).startsWith("250");
            assertThat(send(client, mail)).startsWith("250");
            String nameless = "From: alerts@contoso.com\r\n\r\ny\r\n.";
            send(client, nameless);
            client.reset();
        }
        try (var client = greeted()) {
            send(client, "From: alerts@contoso.com\r\n\r\ny\r\n.");
            client.command("QUIT");
        }
        received(5);
        await().during(Duration.ofSeconds(1))
                .until(() -> sandbox.log().received().size() == 5);
    }

    private RawSmtpClient greeted() throws Exception {
        var client = new RawSmtpClient(bundle.smtpPort());
        client.reply();
        client.command("EHLO printer7");
        return client;
    }

    private static String send(RawSmtpClient client, String mail) throws Exception {
        client.command("MAIL FROM:<alerts@contoso.com>");
        client.command("RCPT TO:<bob@fabrikam.com>");
        client.command("DATA");
        return client.command(mail);
    }
}
