package io.m365mail.app;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The other end of a {@link BundleProcess}: starts it, kills it, asks its API. */
final class KilledBundle implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("^READY (\\d+) (\\d+) (\\d+)$", Pattern.MULTILINE);

    private final Process process;
    private final Path output;
    private int smtpPort;
    private int brokerPort;
    private int managementPort;

    /** @param folder holds everything durable; @param properties a file */
    KilledBundle(Path folder, Path properties) throws Exception {
        output = Files.createTempFile(folder, "output", ".txt");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BundleProcess.class.getName(),
                        folder.toString(),
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    KilledBundle awaitReady() {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    Matcher ready = READY.matcher(Files.readString(output));
                    if (!process.isAlive()) {
                        throw new AssertionError("the bundle ended by itself: " + Files.readString(output));
                    }
                    if (!ready.find()) {
                        return false;
                    }
                    smtpPort = Integer.parseInt(ready.group(1));
                    brokerPort = Integer.parseInt(ready.group(2));
                    managementPort = Integer.parseInt(ready.group(3));
                    return true;
                });
        return this;
    }

    int smtpPort() {
        return smtpPort;
    }

    int brokerPort() {
        return brokerPort;
    }

    /** Lets it run so long, then SIGKILL. */
    void killAfter(Duration time) throws Exception {
        if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the bundle ended by itself: " + Files.readString(output));
        }
        process.destroyForcibly().waitFor();
    }

    String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the bundle did not stop: " + Files.readString(output));
        }
    }
}
