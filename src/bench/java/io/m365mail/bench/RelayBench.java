package io.m365mail.bench;

import io.m365mail.testing.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What the relay takes and delivers over loopback without limits, with the synced journal: SMTP clients in this process,
 * the bundle in a child process as its launcher starts it, a sink in this process. Two ways out: {@code server} without
 * TLS, and {@code relay}, where STARTTLS and the connector's certificate are used. Each line says whether the JVM is cold
 * (the first messages after the start) or warm (after 30,000). Beside it stand plain synced appends of the same size on
 * the same disk, measured in the same run: the figure that a relay without group commit could not pass. Run it with
 * {@code ./mvnw -q -Pbench verify}.
 */
public final class RelayBench {
    private static final int SESSIONS = 20;
    private static final int SMALL = 4096;
    private static final int LARGE = 102_400;
    private static final int COLD = 6_000;
    private static final int WARM_UP = 24_000;

    private final Path folder;

    private RelayBench(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("m365-bench");
        try {
            new RelayBench(folder).run(args.length == 0 ? List.of("server", "relay") : List.of(args));
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(p);
                }
            }
        }
    }

    /** @param ways which to measure */
    private void run(List<String> ways) throws Exception {
        System.out.printf(
                "%-8s %7s %5s %9s %12s %12s %12s %12s %17s %13s%n",
                "way",
                "size",
                "JVM",
                "messages",
                "accepted/s",
                "delivered/s",
                "CPU s/1000",
                "connections",
                "synced appends/s",
                "accept ratio");
        if (ways.contains("server")) {
            measure("server", null, "m365.transport.sink.type=server\nm365.transport.sink.tls=off\n");
        }
        if (ways.contains("relay")) {
            relay();
        }
    }

    private void relay() throws Exception {
        Path certificate = TestCertificates.keyStore(folder, "relay.contoso.com");
        measure(
                "relay",
                certificate,
                """
                m365.transport.sink.type=relay
                m365.transport.sink.tls=require
                m365.transport.sink.key-store=%1$s
                m365.transport.sink.key-store-password=%2$s
                m365.transport.sink.trust-store=%3$s
                m365.transport.sink.trust-store-password=%2$s
                """
                        .formatted(certificate, TestCertificates.PASSWORD, trustStore(certificate)));
    }

    /** The self-signed certificate alone, as something to trust. */
    private Path trustStore(Path certificate) throws IOException, GeneralSecurityException {
        char[] password = TestCertificates.PASSWORD.toCharArray();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "sink", KeyStore.getInstance(certificate.toFile(), password).getCertificate("test"));
        Path file = folder.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted.store(out, password);
        }
        return file;
    }

    private void measure(String way, Path certificate, String transport) throws Exception {
        Path own = Files.createDirectories(folder.resolve(way));
        try (var sink = new CountingSink(own, certificate);
                var bundle = new BenchedBundle(own, transport + "m365.transport.sink.port=" + sink.port() + "\n")) {
            var run = new Run(way, sink, bundle);
            run.print(SMALL, "cold", COLD);
            run.load(SMALL, WARM_UP);
            run.print(SMALL, "warm", 10_000);
            run.load(LARGE, 2_000);
            run.print(LARGE, "warm", 3_000);
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

    private static byte[] message(int size) {
        var text = new StringBuilder("From: a@contoso.com\r\nTo: b@contoso.com\r\nSubject: bench\r\n"
                + "Message-ID: <bench@contoso.com>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n");
        while (text.length() < size - 5) {
            text.append("x".repeat(70)).append("\r\n");
        }
        return (text + ".\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Loads on one bundle. */
    private final class Run {
        private final String way;
        private final CountingSink sink;
        private final BenchedBundle bundle;

        Run(String way, CountingSink sink, BenchedBundle bundle) {
            this.way = way;
            this.sink = sink;
            this.bundle = bundle;
        }

        void print(int size, String jvm, int messages) throws Exception {
            double appends = syncedAppends(size);
            long connections = sink.connections();
            Duration cpu = bundle.cpu();
            long start = System.nanoTime();
            double accepted = load(size, messages);
            double delivered = seconds(start);
            Duration used = bundle.cpu().minus(cpu);
            System.out.printf(
                    "%-8s %7d %5s %9d %12.0f %12.0f %12.2f %12d %17.0f %13.2f%n",
                    way,
                    size,
                    jvm,
                    messages,
                    messages / accepted,
                    messages / delivered,
                    used.toMillis() / (double) messages,
                    sink.connections() - connections,
                    appends,
                    messages / accepted / appends);
        }

        /** Returns when all have arrived; the seconds until all were accepted. */
        double load(int size, int messages) throws Exception {
            long before = sink.messages();
            long start = System.nanoTime();
            submit(message(size), messages);
            double accepted = seconds(start);
            while (sink.messages() < before + messages) {
                if (seconds(start) > 300 || !bundle.isAlive()) {
                    throw new IllegalStateException(
                            "only " + (sink.messages() - before) + " of " + messages + " arrived");
                }
                Thread.onSpinWait();
            }
            return accepted;
        }

        private void submit(byte[] message, int messages) throws Exception {
            ExecutorService clients = Executors.newFixedThreadPool(SESSIONS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < SESSIONS; i++) {
                    running.add(clients.submit((Callable<Void>) () -> {
                        try (var client = new LoadClient(bundle.port())) {
                            for (int n = 0; n < messages / SESSIONS; n++) {
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
    }
}
