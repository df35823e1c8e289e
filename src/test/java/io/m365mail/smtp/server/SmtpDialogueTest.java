package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs each file in {@code src/test/resources/smtp}: as it stands, and cut into random pieces. */
class SmtpDialogueTest {
    /** What comes behind STARTTLS in another segment is taken for TLS, and rightly ends the connection. */
    private static final String IN_ONE_SEGMENT = "starttls-injection.dialogue";

    private static final Path FOLDER = Path.of("src/test/resources/smtp");

    @TempDir
    static Path temp;

    private static SSLContext serverTls;
    private static SSLContext clientTls;

    @BeforeAll
    static void certificate() {
        Path keys = TestCertificates.keyStore(temp, "mx.test");
        serverTls = TestCertificates.context(keys, null);
        clientTls = TestCertificates.context(null, keys);
    }

    static Stream<String> dialogues() throws IOException {
        return Files.list(FOLDER)
                .map(p -> p.getFileName().toString())
                .filter(n -> n.endsWith(".dialogue"))
                .sorted();
    }

    static Stream<String> dialoguesOfAnySegments() throws IOException {
        return dialogues().filter(n -> !n.equals(IN_ONE_SEGMENT));
    }

    @ParameterizedTest
    @MethodSource("dialogues")
    void asWritten(String file) throws IOException {
        run(file, null);
    }

    @ParameterizedTest
    @MethodSource("dialoguesOfAnySegments")
    void cutAtRandom(String file) throws IOException {
        for (int round = 0; round < 3; round++) {
            long seed = System.nanoTime();
            try {
                run(file, new Random(seed));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private void run(String file, Random cuts) throws IOException {
        var dialogue = new Dialogue(FOLDER.resolve(file));
        var handler = new RecordingHandler();
        Path spool = temp.resolve("spool");
        try (var server = new SmtpServer(dialogue.serverOptions(spool, serverTls), handler, dialogue.limits())) {
            server.start();
            dialogue.run(server.port(), handler, clientTls, cuts);
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> server.connections() == 0);
        }
        assertThat(handler.open).hasValue(0);
    }
}
