package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Files that are no mail: each ends with its reason in the failed folder and as a dead letter, and the sources go on. */
class BadFilesTest extends BadInput {
    @Test
    void filesThatAreNoMail() throws Exception {
        byte[] garbage = new byte[100_000];
        new Random(7).nextBytes(garbage);
        submit.raw("garbage.eml", garbage);
        submit.raw("empty.eml", new byte[0]);
        submit.raw("no-recipient.eml", "From: a@contoso.com\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("no-sender.eml", "To: a@contoso.com\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("bad-address.eml", "X-Sender: x\r\nX-Receiver: y z@\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
        submit.raw("evil\n2026 ERROR\u001b[31m.eml", "Subject: no\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        submit.file(
                "header.eml",
                FROM,
                TO,
                ("X-Long: " + "x\r\n ".repeat(100_000) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        byte[] large =
                java.util.Arrays.copyOf("Subject: no recipient\r\n\r\n".getBytes(StandardCharsets.UTF_8), 3 << 20);
        java.util.Arrays.fill(large, 30, large.length, (byte) 'x');
        submit.raw("large.eml", large);
        Files.createDirectory(submit.pickup().resolve("folder.eml"));
        Path link = Files.createSymbolicLink(submit.pickup().resolve("link.eml"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(submit.pickup().resolve("nowhere.eml"), Path.of("/nonexistent"));
        submit.file("header-only.eml", FROM, TO, "Subject: only\r\n".getBytes(StandardCharsets.UTF_8));
        int failed = 8;
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(list("failed"))
                .hasSize(2 * failed));
        assertThat(list("failed").stream().filter(n -> n.endsWith(".reason.txt")))
                .hasSize(failed);
        assertThat(Files.readString(submit.pickup().resolve("failed/header.eml.reason.txt")))
                .startsWith("552 5.3.4 Header size");
        assertThat(list("")).contains("folder.eml", "link.eml", "nowhere.eml");
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        right.await(1, SOON);
        List<JsonNode> dead = dead();
        assertThat(dead)
                .hasSize(failed)
                .allSatisfy(d -> assertThat(d.get("reason").asText()).matches("5\\d\\d 5\\.\\d\\.\\d .*"));
        JsonNode kept = dead.stream()
                .filter(d -> d.get("size").asLong() == large.length)
                .findFirst()
                .orElseThrow();
        assertThat(bundle.get("/api/dead/" + kept.get("id").asText())).contains("no recipient");
        assertThat(post("/api/dead/" + kept.get("id").asText() + "/replay")).contains("mend it and submit it again");
        assertAlive();
    }

    @Test
    void aFileThatGrowsIsReadWhenItIsWhole() throws Exception {
        var writer = Executors.newSingleThreadScheduledExecutor();
        Path slow = submit.pickup().resolve("slow.eml");
        String head = "X-Sender: " + FROM + "\r\nX-Receiver: " + TO.get(0) + "\r\nSubject: slow\r\n\r\n";
        Files.writeString(slow, head);
        var parts = new AtomicInteger();
        try (OutputStream out = Files.newOutputStream(slow, StandardOpenOption.APPEND)) {
            var task = writer.scheduleAtFixedRate(
                    () -> {
                        try {
                            out.write("part\r\n".getBytes(StandardCharsets.US_ASCII));
                            parts.incrementAndGet();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    0,
                    50,
                    TimeUnit.MILLISECONDS);
            await().atMost(SOON).until(() -> parts.get() >= 40);
            task.cancel(false);
            writer.shutdown();
            assertThat(writer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }
        Path vanishing = submit.pickup().resolve("vanishing.eml");
        Files.write(vanishing, GOOD);
        Files.delete(vanishing);
        assertThat(right.await(1, SOON).get(0).bodySize()).isEqualTo(parts.get() * 6L);
        assertAlive();
    }

    @Override
    String more() {
        try {
            Path invoice = Files.createDirectories(folder.resolve("templates/invoice"));
            Files.writeString(invoice.resolve("subject.ftl"), "Invoice ${number}");
            Files.writeString(invoice.resolve("text.ftl"), "Dear ${name}");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return super.more() + "m365.templates=" + folder.resolve("templates") + "\nm365.source.scan.type=scan\n"
                + "m365.source.scan.from=" + FROM + "\nm365.source.scan.settle=200ms\n";
    }

    /** What failed, with its reason; the file stays beside it. */
    private void awaitReason(Path failed, String reason) {
        Path file = failed.resolveSibling(failed.getFileName() + ".reason.txt");
        await().atMost(SOON.multipliedBy(4)).until(() -> Files.exists(file) && Files.size(file) > 0);
        assertThat(file).content().contains(reason);
        assertThat(failed).exists();
    }

    @Test
    void jsonThatIsNoSubmission() throws Exception {
        String start = "{\"from\":\"" + FROM + "\",\"to\":[\"" + TO.get(0) + "\"],";
        Files.createDirectory(submit.pickup().resolve("scans"));
        Map<String, String> bad = Map.of(
                "no recipient", "{\"from\":\"" + FROM + "\",\"text\":\"x\"}",
                "longer than 64", "{\"from\":\"" + FROM + "\",\"to\":[\"" + "x".repeat(300) + "@a.b\"],\"text\":\"x\"}",
                "no valid JSON", start + "\"text\":\"\u00ff\u00fe\"}",
                "too deep", start + "\"data\":" + "[".repeat(3_000_000),
                "number", start + "\"template\":\"invoice\",\"data\":{\"name\":\"Ann\"}}",
                "attachments[0].path", start + "\"attachments\":[{\"name\":\"a\",\"path\":\"scans\"}]}");
        int n = 0;
        for (String json : bad.values()) {
            submit.raw("bad" + n++ + ".json", json.getBytes(StandardCharsets.ISO_8859_1));
        }
        n = 0;
        for (String reason : bad.keySet()) {
            awaitReason(submit.pickup().resolve("failed/bad" + n++ + ".json"), reason);
        }
        assertThat(dead()).hasSize(bad.size());
        assertAlive();
    }

    /** As a message, as a JSON attachment and as a scan: no transport carries it, and each says so. */
    @Test
    void twoHundredMegabytes() throws Exception {
        long size = 200L << 20;
        Path message = sparse("large.eml", size);
        try (var out = new java.io.RandomAccessFile(message.toFile(), "rw")) {
            out.writeBytes("X-Sender: " + FROM + "\r\nX-Receiver: " + TO.get(0) + "\r\nSubject: x\r\n\r\n");
        }
        Files.move(message, submit.pickup().resolve("large.eml"));
        Files.move(sparse("large.bin", size), submit.pickup().resolve("large.bin"));
        submit.raw(
                "large.json",
                ("{\"from\":\"" + FROM + "\",\"to\":[\"" + TO.get(0)
                                + "\"],\"attachments\":[{\"name\":\"a\",\"path\":\"large.bin\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
        Path inbox = Files.createDirectories(folder.resolve("data/scan").resolve(TO.get(0)));
        Files.move(sparse("large.dat", size), inbox.resolve("large.dat"));
        awaitReason(submit.pickup().resolve("failed/large.eml"), "552 5.3.4");
        awaitReason(submit.pickup().resolve("failed/large.json"), "attachments");
        awaitReason(folder.resolve("data/scan/failed").resolve(TO.get(0)).resolve("large.dat"), "552 5.3.4");
        assertThat(right.messages()).isEmpty();
        assertAlive();
    }
}
