package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.SandboxInbox;
import io.m365mail.testing.MailSink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that is killed while it empties a mailbox: each message is passed on, and the mailbox is empty in the end. */
class MailboxKillTest {
    private static final String BOX = "desk@contoso.com";
    private static final int MESSAGES = 150;
    /** What was in delivery at a kill may go out twice: one message for each connection of the transport. */
    private static final int IN_FLIGHT = 10;

    @TempDir
    private Path folder;

    @Test
    void noMessageIsLostAndNoneIsTakenTwice() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (var inbox = SandboxInbox.start().mailbox(BOX, "secret2");
                var sink = new MailSink()) {
            for (int i = 0; i < MESSAGES; i++) {
                String mail = "From: a@fabrikam.com\r\nSubject: no " + i + "\r\n\r\nthe same body\r\n";
                inbox.deliver(BOX, MailContent.of(mail.getBytes(StandardCharsets.US_ASCII)));
            }
            Path properties = Files.writeString(folder.resolve("more.properties"), properties(inbox, sink));
            for (int kill = 0; kill < 2; kill++) {
                int before = sink.taken().size();
                try (var bundle = new KilledBundle(folder, properties).awaitReady()) {
                    await().atMost(Duration.ofSeconds(60))
                            .until(() ->
                                    sink.taken().size() > before || sink.taken().size() >= MESSAGES);
                    bundle.killAfter(Duration.ofMillis(random.nextInt(700)));
                }
            }
            try (var bundle = new KilledBundle(folder, properties).awaitReady()) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(inbox.messages(BOX)).isEmpty();
                    assertThat(bySubject(sink)).as("seed %d", seed).hasSize(MESSAGES);
                });
            }
            long twice = bySubject(sink).values().stream().filter(n -> n > 1).count();
            assertThat(twice).as("seed %d", seed).isLessThanOrEqualTo(2 * IN_FLIGHT);
        }
    }

    private static Map<String, Long> bySubject(MailSink sink) {
        return sink.taken().stream().collect(Collectors.groupingBy(m -> m.field("Subject"), Collectors.counting()));
    }

    private static String properties(SandboxInbox inbox, MailSink sink) {
        return sink.transport()
                + """
                m365.source.desk.type=mailbox
                m365.source.desk.host=127.0.0.1
                m365.source.desk.port=%d
                m365.source.desk.tls=off
                m365.source.desk.mailbox=%s
                m365.source.desk.auth=login
                m365.source.desk.password=secret2
                m365.source.desk.poll-interval=200ms
                m365.source.desk.to=big@fabrikam.com
                """
                        .formatted(inbox.imapPort(), BOX);
    }
}
