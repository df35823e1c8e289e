package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.InFlightBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data reader against the plainest possible reading of RFC 5321, on random octets cut at random. */
class DataReaderTest {
    private static final String[] PIECES = {
        "\r\n", "\r\n", "\r", "\n", ".", ".", "..", "a", "text", "\0", "\r\n.", ".\r"
    };
    private static final String[] CLEAN = {"\r\n", "\r\n", ".", ".", "..", "a", "text", "\0", "\r\n.", "\r\n..x"};

    @TempDir
    Path temp;

    @RepeatedTest(40)
    void sameAsThePlainReading() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            String[] from = random.nextBoolean() ? PIECES : CLEAN;
            var text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(from[random.nextInt(from.length)]);
            }
            check(text + "\r\n.\r\nQUIT\r\n", random, "seed " + seed, false);
            check(text + "\r\n.\r\nQUIT\r\n", random, "seed " + seed, true);
        }
    }

    /** A reader that repairs finds the same end of data, and unstuffs the same dots. */
    private void check(String wire, Random random, String seed, boolean repairs) throws IOException {
        String all = "\r\n" + wire;
        int end = all.indexOf("\r\n.\r\n");
        String lines = all.substring(0, end + 2);
        boolean bare = lines.replace("\r\n", "").matches("(?s).*[\r\n].*");
        String plain = lines.replace("\r\n.", "\r\n").substring(2);

        if (repairs) {
            plain = lines.replace("\r\n.", "\r\n")
                    .replaceAll("\r+\n|\r+|\n", "\r\n")
                    .substring(2);
        }

        var reader = new DataReader(repairs);
        DataSink sink = DataSink.tryOpen(-1, 1 << 20, new InFlightBudget(1 << 22), new Spool(temp, "t"));
        ByteBuf bytes = Unpooled.wrappedBuffer(wire.getBytes(StandardCharsets.ISO_8859_1));
        boolean done = false;
        String rest = "";
        while (bytes.isReadable() && !done) {
            ByteBuf piece = bytes.readSlice(1 + random.nextInt(Math.min(5, bytes.readableBytes())));
            done = reader.read(piece, sink);
            rest = piece.toString(StandardCharsets.ISO_8859_1);
        }
        rest += bytes.toString(StandardCharsets.ISO_8859_1);
        assertThat(done).as(seed).isTrue();
        assertThat(reader.hasBareLineEnd()).as(seed + wire).isEqualTo(bare && !repairs);
        assertThat(reader.repaired()).as(seed + wire).isEqualTo(bare && repairs);
        assertThat(rest).as(seed).isEqualTo(all.substring(end + 5));
        if (!bare || repairs) {
            assertThat(new String(sink.content().toBytes(), StandardCharsets.ISO_8859_1))
                    .as(seed)
                    .isEqualTo(plain);
        }
        sink.close();
    }

    @Test
    void aHostileMessageOfLineFeedsAloneTakesLinearTime() {
        var reader = new DataReader(false);
        DataSink sink = DataSink.tryOpen(-1, 1 << 30, new InFlightBudget(1 << 22), new Spool(temp, "t"));
        byte[][] hostile = {new byte[60_000], new byte[60_000], new byte[60_000]};
        java.util.Arrays.fill(hostile[0], (byte) '\n');
        java.util.Arrays.fill(hostile[1], (byte) '\r');
        java.util.Arrays.fill(hostile[2], (byte) '.');
        long start = System.nanoTime();
        for (int i = 0; i < 3000; i++) {
            reader.read(Unpooled.wrappedBuffer(hostile[i % 3]), sink);
        }
        // 180 MB. Quadratic time within one read alone would be 60,000 times as much.
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(20);
        assertThat(sink.total()).isLessThanOrEqualTo(180_000_000);
        sink.close();
    }
}
