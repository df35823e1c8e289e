package io.m365mail.bench;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpServer;
import io.m365mail.smtp.server.SmtpServerOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * What the relay takes and delivers over loopback without limits, with the synced journal: SMTP clients in this process,
 * the bundle in a child process with the distribution's heap, a sink in this process. Printed beside plain synced
 * appends of the same size on the same disk, measured in the same run: the figure that a relay without group commit
 * could not pass. Run it with {@code ./mvnw -q -Pbench verify}.
 */
public final class RelayBench {
    private static final int SESSIONS = 20;

    private final Path folder;
    private final AtomicLong delivered = new AtomicLong();

    private RelayBench(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("m365-bench");
        try {
            new RelayBench(folder).run();
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(p);
                }
            }
        }
    }

    private void run() throws Exception {
        try (var sink = new SmtpServer(
                SmtpServerOptions.plain("sink", "127.0.0.1", 0, "sink.test", folder), peer -> new Sink(delivered))) {
            sink.start();
            int port = freePort();
            Process bundle = bundle(sink.port(), port);
            try {
                System.out.printf(
                        "%-8s %9s %12s %12s %14s %16s %12s%n",
                        "size",
                        "messages",
                        "accepted/s",
                        "delivered/s",
                        "CPU s/1000",
                        "synced appends/s",
                        "accept ratio");
                measure(bundle, port, 4096, 5_000, false);
                measure(bundle, port, 4096, 10_000, true);
                measure(bundle, port, 102_400, 1_000, false);
                measure(bundle, port, 102_400, 3_000, true);
            } finally {
                bundle.destroy();
                bundle.waitFor();
            }
        }
    }

    private void measure(Process bundle, int port, int size, int messages, boolean print) throws Exception {
        double appends = print ? syncedAppends(size) : 0;
        byte[] message = message(size);
        long before = delivered.get();
        Duration cpu = bundle.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
        long start = System.nanoTime();
        load(port, message, messages);
        double accepted = seconds(start);
        while (delivered.get() < before + messages) {
            if (seconds(start) > 300 || !bundle.isAlive()) {
                throw new IllegalStateException("only " + (delivered.get() - before) + " of " + messages + " arrived");
            }
            Thread.onSpinWait();
        }
        double all = seconds(start);
        Duration used = bundle.toHandle()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .minus(cpu);
        if (print) {
            System.out.printf(
                    "%-8d %9d %12.0f %12.0f %14.2f %16.0f %12.2f%n",
                    size,
                    messages,
                    messages / accepted,
                    messages / all,
                    used.toMillis() / (double) messages,
                    appends,
                    messages / accepted / appends);
        }
    }

    private static void load(int port, byte[] message, int messages) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(SESSIONS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                int share = messages / SESSIONS;
                running.add(clients.submit((Callable<Void>) () -> {
                    try (var client = new LoadClient(port)) {
                        for (int n = 0; n < share; n++) {
                            client.send(message);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> f : running) {
                f.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** Appends with a sync after each, one after the other, for a second. */
    private double syncedAppends(int size) throws IOException {
        Path file = folder.resolve("appends");
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var block = ByteBuffer.allocateDirect(size);
            long start = System.nanoTime();
            int n = 0;
            while (seconds(start) < 1) {
                block.clear();
                out.write(block);
                out.force(false);
                n++;
            }
            return n / seconds(start);
        }
    }

    private Process bundle(int sinkPort, int port) throws Exception {
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(
                config.resolve("application.properties"),
                """
                m365.hostname=relay.bench.test
                m365.routes=%s
                m365.broker.acceptor=off
                m365.management.port=0
                m365.source.smtp.port=%d
                m365.source.folder.enabled=false
                m365.transport.sink.type=server
                m365.transport.sink.host=127.0.0.1
                m365.transport.sink.port=%d
                m365.transport.sink.tls=off
                m365.transport.sink.connections=20
                m365.route.1.transport=sink
                """
                        .formatted(Path.of("routes").toAbsolutePath(), port, sinkPort));
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.m365mail.cli.Cli",
                "run",
                "--config",
                config.toString());
        Path log = folder.resolve("bundle.log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        Process process = builder.start();
        long start = System.nanoTime();
        while (!Files.readString(log).contains("ready:")) {
            if (!process.isAlive() || seconds(start) > 60) {
                process.destroyForcibly();
                throw new IllegalStateException("the bundle did not start: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
        return process;
    }

    private static byte[] message(int size) {
        String head =
                "From: a@contoso.com\r\nTo: b@contoso.com\r\nSubject: bench\r\nMessage-ID: <bench@contoso.com>\r\n"
                        + "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n";
        var text = new StringBuilder(head);
        while (text.length() < size - 5) {
            text.append("x".repeat(70)).append("\r\n");
        }
        return (text + ".\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Takes everything and counts it. */
    private record Sink(AtomicLong count) implements SmtpConversation {
        private static CompletionStage<Reply> say(int code, String text) {
            return CompletableFuture.completedFuture(Reply.of(code, text));
        }

        @Override
        public CompletionStage<Reply> greet() {
            return say(220, "sink.test ESMTP");
        }

        @Override
        public CompletionStage<Reply> hello(String name) {
            return say(250, "sink.test");
        }

        @Override
        public CompletionStage<Reply> auth(SmtpCredentials credentials) {
            return say(503, "5.5.1 no");
        }

        @Override
        public CompletionStage<Reply> mail(MailCommand command) {
            return say(250, "2.1.0 Ok");
        }

        @Override
        public CompletionStage<Reply> rcpt(Recipient recipient) {
            return say(250, "2.1.5 Ok");
        }

        @Override
        public CompletionStage<Reply> data() {
            return say(354, "go");
        }

        @Override
        public CompletionStage<Reply> message(MailContent content) {
            count.incrementAndGet();
            return say(250, "2.0.0 Ok");
        }

        @Override
        public void reset() {
            // Nothing is remembered.
        }

        @Override
        public void closed() {
            // Nothing to release.
        }
    }
}
