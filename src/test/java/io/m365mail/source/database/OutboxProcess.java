package io.m365mail.source.database;

import io.m365mail.app.RunningBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A bundle in a process of its own, to be killed. */
final class OutboxProcess implements AutoCloseable {
    private final Process process;

    private OutboxProcess(Process process) {
        this.process = process;
    }

    /**
     * @param folder of the bundle; the same one again is the same bundle after a restart
     * @param heap such as {@code -Xmx256m}
     */
    static OutboxProcess start(Path folder, String properties, String heap) throws IOException {
        Files.createDirectories(folder);
        Path keys = Files.writeString(folder.resolve("keys"), properties);
        return new OutboxProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        OutboxProcess.class.getName(),
                        folder.toString(),
                        keys.toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** The other Java's part. */
    public static void main(String[] args) throws Exception {
        try (RunningBundle bundle = RunningBundle.start(Path.of(args[0]), Files.readString(Path.of(args[1])))) {
            // Ends when the test does, should nobody kill it before.
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }
}
