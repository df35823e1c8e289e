package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m365mail.testing.SmtpSink;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A whole bundle for broken input: it gets its answer or its dead letter, and every source goes on. */
abstract class BadInput {
    static final Duration SOON = Duration.ofSeconds(15);
    static final String FROM = "app@contoso.com";
    static final List<String> TO = List.of("right@fabrikam.com");
    static final byte[] GOOD = "Subject: good\r\n\r\nbody\r\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    final ListAppender<ILoggingEvent> events = new ListAppender<>();
    final Logger root = (Logger) org.slf4j.LoggerFactory.getLogger("ROOT");
    final Logger ours = (Logger) org.slf4j.LoggerFactory.getLogger("io.m365mail");
    SmtpSink right;
    RunningBundle bundle;
    Submit submit;

    /** The keys beside the transport's. */
    String more() {
        return "m365.route.1.transport=right\nm365.transport.right.max-message-size=150MiB\n";
    }

    @BeforeEach
    void start() throws Exception {
        events.start();
        root.addAppender(events);
        ours.setLevel(Level.INFO);
        right = new SmtpSink(true);
        startBundle();
    }

    void startBundle() throws Exception {
        bundle = RunningBundle.start(folder, right.transport("right") + more());
        submit = new Submit(bundle);
    }

    /** Whatever the clients of a test said, each event is one line of the shipped format. */
    @AfterEach
    void stop() throws Exception {
        bundle.close();
        right.close();
        root.detachAppender(events);
        ours.setLevel(null);
        assertThat(ShippedLog.lines(events.list)).isNotEmpty().allSatisfy(line -> assertThat(line)
                .doesNotContainPattern("[\\p{Cc}\u2028\u2029\u0085]"));
    }

    void assertAlive() throws Exception {
        int before = right.messages().size();
        assertThat(submit.data(FROM, TO, GOOD)).startsWith("250");
        submit.file("good" + before + ".eml", FROM, TO, GOOD);
        submit.jms(Submit.bytes(FROM, TO, GOOD));
        right.await(before + 3, SOON);
    }

    List<JsonNode> dead() throws Exception {
        List<JsonNode> items = new ArrayList<>();
        new JsonMapper().readTree(bundle.get("/api/dead")).get("items").forEach(items::add);
        return items;
    }

    String post(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + bundle.bundle().managementPort() + path))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    List<String> list(String below) throws IOException {
        try (var files = Files.list(submit.pickup().resolve(below))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    /** A file of zeros that takes no room on the disk. */
    Path sparse(String name, long size) throws IOException {
        Path file = folder.resolve(name);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(size);
        }
        return file;
    }
}
