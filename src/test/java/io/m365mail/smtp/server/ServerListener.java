package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.InFlightBudget;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A listener for one test. After each it must have left nothing: no connection, thread, spool file or budget in use. */
final class ServerListener implements BeforeEachCallback, AfterEachCallback {
    private static final String NAME = "leak";

    final RecordingHandler handler = new RecordingHandler();
    private final InFlightBudget budget = new InFlightBudget(64 << 20);
    Path temp;
    SmtpServer server;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        temp = Files.createTempDirectory("smtp-server");
        assertThat(threads(NAME)).isEmpty();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        server.stop();
        assertThat(server.connections()).isZero();
        assertThat(handler.open).hasValue(0);
        await().until(() -> threads(NAME).isEmpty());
        await().until(() -> spoolFiles() == 0);
        await().until(() -> budget.used() == 0);
        Files.deleteIfExists(temp.resolve("spool"));
        Files.delete(temp);
    }

    void start(SmtpServerOptions options, SmtpHandler with) throws IOException {
        start(options, with, limits());
    }

    void start(SmtpServerOptions options, SmtpHandler with, SmtpServerLimits limits) throws IOException {
        server = new SmtpServer(options, with, limits);
        server.start();
    }

    SmtpServerLimits limits() {
        return new SmtpServerLimits(0, 20, 3, Integer.MAX_VALUE, 1000, Duration.ofSeconds(10), budget);
    }

    SmtpServerOptions options(int connections, Duration idle, long size) {
        return options(connections, idle, size, 1000);
    }

    SmtpServerOptions options(int connections, Duration idle, long size, int recipients) {
        return new SmtpServerOptions(
                NAME,
                "127.0.0.1",
                0,
                "mx.test",
                SmtpServerOptions.Tls.OFF,
                null,
                List.of("TLSv1.3"),
                false,
                List.of(),
                size,
                recipients,
                connections,
                idle,
                temp.resolve("spool"),
                false,
                SmtpServerOptions.DEFAULT_EXTENSIONS);
    }

    RawSmtpClient dataPhase() throws IOException {
        var client = new RawSmtpClient(server.port());
        hello(client);
        client.command("MAIL FROM:<a@contoso.com>");
        client.command("RCPT TO:<b@contoso.com>");
        assertThat(client.command("DATA")).startsWith("354");
        return client;
    }

    static void hello(RawSmtpClient client) throws IOException {
        assertThat(client.reply()).startsWith("220");
        assertThat(client.command("EHLO c")).startsWith("250");
    }

    static List<String> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(n -> n.matches("smtp-(spool-)?" + name + "-.*"))
                .toList();
    }

    /** Spool files have no name on Linux; what is open shows up among the process' file descriptors. */
    int spoolFiles() throws IOException {
        int named = 0;
        if (Files.isDirectory(temp.resolve("spool"))) {
            try (Stream<Path> files = Files.list(temp.resolve("spool"))) {
                named = (int) files.count();
            }
        }
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return named;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return named + (int) open.filter(ServerListener::isSpool).count();
        }
    }

    private static boolean isSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains(".spool");
        } catch (IOException gone) {
            return false;
        }
    }
}
