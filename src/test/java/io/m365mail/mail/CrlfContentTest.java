package io.m365mail.mail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.MimeCorpus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrlfContentTest {
    /** Hands its bytes over in small pieces, so that a CR and its LF come apart. */
    private record Dripping(byte[] bytes, int piece) implements MailContent {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int i = 0; i < bytes.length; i += piece) {
                out.write(bytes, i, Math.min(piece, bytes.length - i));
            }
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }

    @Test
    void soundMessagesStayTheSameObject() throws Exception {
        for (MimeCorpus.Sample sample : MimeCorpus.all()) {
            MailContent content = MailContent.of(sample.bytes());
            assertThat(CrlfContent.of(content)).as(sample.name()).isSameAs(content);
        }
    }

    @Test
    void everyLineEndBecomesCrlf() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CrlfContentTest seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            byte[] in = new byte[random.nextInt(30)];
            for (int i = 0; i < in.length; i++) {
                in[i] = (byte) "\r\nab".charAt(random.nextInt(4));
            }
            byte[] expected =
                    new String(in, ISO_8859_1).replaceAll("\r\n|\r|\n", "\r\n").getBytes(ISO_8859_1);
            MailContent out = CrlfContent.of(new Dripping(in, 1 + random.nextInt(4)));
            assertThat(out.toBytes()).as("seed %d round %d", seed, round).isEqualTo(expected);
            assertThat(out.size()).isEqualTo(expected.length);
            int max = random.nextInt(40);
            assertThat(out.head(max))
                    .as("seed %d round %d: the first %d", seed, round, max)
                    .isEqualTo(Arrays.copyOf(expected, Math.min(max, expected.length)));
        }
    }
}
