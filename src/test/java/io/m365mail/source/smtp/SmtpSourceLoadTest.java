package io.m365mail.source.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.SourceConfig;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** The SMTP source when the intake is slow, when all its workers are busy, and when it stops; and its options. */
class SmtpSourceLoadTest extends SmtpSourceRoute {
    @Test
    void whatTakesTooLongIs452AndALateCommitIsNoLoss() throws Exception {
        SmtpSourceConsumer source = source("&acceptTimeout=200");
        try (var client = connect(source)) {
            assertThat(send(client, "hangs@contoso.com", "x"))
                    .isEqualTo("452 4.3.1 The message could not be stored in time, try again later");
            release.countDown();
            await().until(() -> taken.size() == 1);
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
    }

    @Test
    void fullOfWorkIs452AtDataAndWhatNeverStartedIsNotTaken() throws Exception {
        SmtpSourceConsumer source = source("&workers=1&queue=1&acceptTimeout=300");
        List<RawSmtpClient> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            var client = connect(source);
            clients.add(client);
            client.send("MAIL FROM:<hangs@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
            assertThat(List.of(client.reply(), client.reply(), client.reply()).get(2))
                    .startsWith("354");
            client.send("x\r\n.\r\n");
        }
        try (var third = connect(source)) {
            third.command("MAIL FROM:<a@contoso.com>");
            third.command("RCPT TO:<b@contoso.com>");
            await().until(() -> {
                String reply = third.command("DATA");
                if (reply.startsWith("354")) {
                    third.command("\r\n.");
                    third.command("MAIL FROM:<a@contoso.com>");
                    third.command("RCPT TO:<b@contoso.com>");
                }
                return reply.equals("452 4.3.1 Too many messages are being accepted, try again later");
            });
        }
        for (RawSmtpClient client : clients) {
            assertThat(client.reply()).startsWith("452 4.3.1");
            client.close();
        }
        release.countDown();
        await().until(() -> !taken.isEmpty());
        assertThat(send(connect(source), "a@contoso.com", "after")).startsWith("250");
        assertThat(taken).extracting(s -> s.envelope().from()).containsOnlyOnce("hangs@contoso.com");
    }

    @Test
    void suspendAndResumeDrain() throws Exception {
        SmtpSourceConsumer source = source("");
        int port = source.getPort();
        try (var idle = connect(source);
                var working = connect(source)) {
            working.send("MAIL FROM:<hangs@contoso.com>\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
            assertThat(List.of(working.reply(), working.reply(), working.reply())
                            .get(2))
                    .startsWith("354");
            working.send("x\r\n.\r\n");
            var suspended = CompletableFuture.runAsync(source::suspend);
            assertThat(idle.reply()).startsWith("421 4.3.2");
            // The JDK closes the socket with the loop's next select.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawSmtpClient(port).close()).isInstanceOf(IOException.class));
            assertThat(suspended).isNotDone();
            release.countDown();
            assertThat(working.reply()).startsWith("250 2.6.0");
            suspended.get(20, TimeUnit.SECONDS);
        }
        source.resume();
        try (var client = connect(source)) {
            assertThat(send(client, "a@contoso.com", "x")).startsWith("250");
        }
        context.stop();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(
                        t -> t.getName().contains("smtp-office") || t.getName().contains("smtp-source")));
    }

    @Test
    void aBoundConfigurationReplacesTheOptions() throws Exception {
        var config = new SourceConfig.Smtp(
                "plant",
                "127.0.0.1",
                0,
                List.of("127.0.0.0/8"),
                List.of(),
                List.of(),
                List.of(),
                0,
                "off",
                "TLSv1.2",
                null,
                null,
                1000,
                1,
                10,
                false,
                true,
                "rcpt");
        SmtpSourceConsumer source = source("&config=#plant", Map.of("plant", config));
        try (var client = connect(source)) {
            assertThat(client.command("MAIL FROM:<a@contoso.com> SIZE=1001")).startsWith("552 5.3.4");
            client.command("MAIL FROM:<a@contoso.com>");
            assertThat(client.command("RCPT TO:<b@contoso.com>")).startsWith("250");
            assertThat(client.command("RCPT TO:<c@contoso.com>")).startsWith("452 4.5.3");
            client.command("DATA");
            client.command("x\r\n.");
        }
        assertThat(taken.get(0).source()).isEqualTo("plant");
    }

    @Test
    void aMisspeltOptionOrNameIsAnError() throws Exception {
        try (var fresh = new DefaultCamelContext()) {
            assertThatThrownBy(() -> fresh.getEndpoint("smtp-source:office?prot=25"))
                    .isInstanceOf(ResolveEndpointFailedException.class)
                    .hasMessageContaining("prot");
            assertThatThrownBy(() -> fresh.getEndpoint("smtp-source:Office Two"))
                    .hasStackTraceContaining("lower case letters");
        }
    }
}
