package io.m365mail.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The bundle as its users run it: a process of its own, started by the distribution's launcher with its options. */
final class BenchedBundle implements AutoCloseable {
    private final Process process;
    private final int port;

    /** @param transport the keys of the one transport, named {@code sink} */
    BenchedBundle(Path folder, String transport) throws Exception {
        port = freePort();
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(
                config.resolve("application.properties"),
                """
                m365.domains=contoso.com
                m365.hostname=relay.contoso.com
                m365.data=%s
                m365.broker.acceptor=off
                m365.management.port=0
                m365.source.smtp.port=%d
                m365.source.folder.enabled=false
                m365.transport.sink.host=localhost
                m365.transport.sink.connections=20
                m365.route.1.transport=sink
                """
                                .formatted(folder.resolve("data"), port)
                        + transport);
        Path log = folder.resolve("bundle.log");
        process = new ProcessBuilder(launcher().toString(), "run", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long start = System.nanoTime();
        while (!Files.readString(log).contains("ready:")) {
            if (!process.isAlive() || System.nanoTime() - start > 120e9) {
                process.destroyForcibly();
                throw new IllegalStateException("the bundle did not start: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
    }

    private static Path launcher() throws IOException {
        try (Stream<Path> built = Files.find(
                Path.of("target"), 4, (p, a) -> p.endsWith(Path.of("bin", "m365-mail")) && a.isRegularFile())) {
            return built.findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("no distribution below target: run ./mvnw -Pbench verify"))
                    .toAbsolutePath();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Used since its start. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
