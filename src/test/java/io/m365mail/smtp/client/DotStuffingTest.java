package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.MailContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random contents go through our writer and an independent reader, in pieces of random sizes. */
class DotStuffingTest {
    private static final String[] PARTS = {
        ".", "..", "\r\n", "\r\n.", "\r\n.\r\n", "a", "text ", "é", ".\r\n", " ", "\t.", "\r\n\r\n"
    };

    @Test
    void whatWasStuffedComesOutAsItWas() throws IOException {
        long seed = System.nanoTime();
        System.out.println("DotStuffingTest seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            String content = content(random);
            byte[] received = Unstuffing.of(stuffed(content.getBytes(StandardCharsets.UTF_8), random));
            boolean whole = content.isEmpty() || content.endsWith("\r\n");
            assertThat(new String(received, StandardCharsets.UTF_8))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(whole ? content : content + "\r\n");
        }
    }

    @Test
    void traitsAreThoseOfTheBytes() throws IOException {
        assertThat(traits("")).isEqualTo(new ContentTraits(0, false, false, false, false, 0, true));
        assertThat(traits("a: b\r\n\r\né\r\n")).isEqualTo(new ContentTraits(12, true, false, false, false, 4, true));
        assertThat(traits("ä: b\r\n\r\nx")).isEqualTo(new ContentTraits(10, true, true, false, false, 5, false));
        assertThat(traits("a\nb\r\n").bareLineEnd()).isTrue();
        assertThat(traits("a\rb\r\n").bareLineEnd()).isTrue();
        assertThat(traits("a\r").bareLineEnd()).isTrue();
        assertThat(traits("a\r\r\n").bareLineEnd()).isTrue();
        assertThat(traits("a\0b\r\n").nul()).isTrue();
        assertThat(traits("x".repeat(998) + "\r\n").needsBinary()).isFalse();
        assertThat(traits("x".repeat(999) + "\r\n").needsBinary()).isTrue();
        assertThat(traits("a\r\n" + "x".repeat(999)).needsBinary()).isTrue();
    }

    /** Byte by byte: every state is carried from one write to the next. */
    private static ContentTraits traits(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ContentTraits inPieces = ContentTraits.of(new PieceWise(bytes));
        assertThat(ContentTraits.of(MailContent.of(bytes))).isEqualTo(inPieces);
        return inPieces;
    }

    private static byte[] stuffed(byte[] content, Random random) throws IOException {
        var out = new ByteArrayOutputStream();
        var stuffing = new DotStuffing(out);
        for (int from = 0; from < content.length; ) {
            int piece = Math.min(random.nextInt(5), content.length - from);
            stuffing.write(content, from, piece);
            from += piece;
        }
        stuffing.finish();
        return out.toByteArray();
    }

    private static String content(Random random) {
        var content = new StringBuilder();
        for (int parts = random.nextInt(12); parts > 0; parts--) {
            content.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return content.toString();
    }

    private record PieceWise(byte[] bytes) implements MailContent {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void writeTo(java.io.OutputStream out) throws IOException {
            for (byte b : bytes) {
                out.write(b);
            }
        }

        @Override
        public java.io.InputStream open() {
            return new java.io.ByteArrayInputStream(bytes);
        }
    }
}
