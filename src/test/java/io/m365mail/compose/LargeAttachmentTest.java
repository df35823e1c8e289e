package io.m365mail.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An attachment of 25 MB passes through a Java with a heap of 24 MB: it is never in the heap, neither as JSON nor as
 * bytes nor as MIME.
 */
class LargeAttachmentTest {
    private static final int SIZE = 25_000_002;

    @TempDir
    Path dir;

    @Test
    void needsLittleHeap() throws Exception {
        Path spool = Files.createDirectory(dir.resolve("spool"));
        Path log = dir.resolve("log");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeAttachmentTest.class.getName(),
                        spool.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            java.destroyForcibly();
        }
        assertThat(Files.readString(log)).contains("passed");
        assertThat(java.exitValue()).isZero();
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    /** The other Java's part. */
    public static void main(String[] args) throws Exception {
        InputStream json = new SequenceInputStream(Collections.enumeration(List.of(
                text(
                        "{\"from\":\"a@x.org\",\"to\":[\"b@x.org\"],\"text\":\"t\",\"attachments\":[{\"name\":\"s.bin\",\"content\":\""),
                base64(),
                text("\"}]}"))));
        try (Composition c = new JsonSubmissions(null, null, Path.of(args[0]), 30_000_000).compose(json)) {
            MailContent content = c.messages().get(0).content();
            assertThat(content.size()).isGreaterThan(SIZE / 3 * 4);
            MessageDigest written = MessageDigest.getInstance("SHA-256");
            MessageDigest pulled = MessageDigest.getInstance("SHA-256");
            content.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), written));
            try (InputStream in = content.open()) {
                in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), pulled));
            }
            assertThat(pulled.digest()).isEqualTo(written.digest());
            assertThat(HeaderBlock.parse(content).addresses("To")).hasSize(1);
            assertThat(content.head(100)).hasSize(100);
        }
        System.out.println("passed");
    }

    /** 25 MB in base64, made while they are read. */
    private static InputStream base64() {
        return new InputStream() {
            private int left = SIZE / 3 * 4;

            @Override
            public int read() {
                return left == 0 ? -1 : 'A' + left-- % 26;
            }
        };
    }

    private static InputStream text(String s) {
        return new ByteArrayInputStream(s.getBytes(UTF_8));
    }
}
