package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.MailSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} between the acceptance of a folder's file and its move to {@code done}: one submission, however the file
 * is read again. So that the kill surely comes in between, {@code done} cannot be moved to while the first process runs.
 */
@Timeout(240)
class FolderKillTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FILES = 20;

    @TempDir
    private Path folder;

    @Test
    void aFileThatWasAcceptedAndNotMovedIsOneSubmission() throws Exception {
        Path pickup = folder.resolve("data/pickup");
        Path done = pickup.resolve("done");
        try (var sink = new MailSink()) {
            Path properties = Files.writeString(folder.resolve("more.properties"), sink.transport());
            var killed = new KilledBundle(folder, properties).awaitReady();
            await().atMost(SOON).until(() -> Files.exists(done));
            Files.delete(done);
            Files.writeString(done, "in the way");
            for (int i = 0; i < FILES; i++) {
                Path written = Files.writeString(
                        folder.resolve(i + ".eml"),
                        "From: app@contoso.com\r\nTo: bob@fabrikam.com\r\nSubject: no " + i + "\r\n\r\nbody\r\n");
                Files.move(written, pickup.resolve(i + ".eml"));
            }
            await().atMost(SOON).until(() -> sink.taken().size() == FILES);
            await().atMost(SOON).untilAsserted(() -> assertThat(killed.get("/api/status"))
                    .contains("\"delivered\":" + FILES, "\"inDelivery\":0"));
            assertThat(files(pickup.resolve(".claimed"))).hasSize(FILES);
            killed.killAfter(Duration.ZERO);

            Files.delete(done);
            try (var again = new KilledBundle(folder, properties).awaitReady()) {
                await().atMost(SOON).untilAsserted(() -> assertThat(files(done)).hasSize(FILES));
                assertThat(again.get("/api/status"))
                        .as("counted from the start of this process")
                        .contains("\"accepted\":0", "\"queued\":0");
            }
            assertThat(sink.taken().stream().map(m -> m.field("Subject")))
                    .hasSize(FILES)
                    .doesNotHaveDuplicates();
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
