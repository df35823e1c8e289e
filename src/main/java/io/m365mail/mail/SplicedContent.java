package io.m365mail.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * A content in which some ranges of bytes are replaced. A view: only the new bytes are held, the others are read from
 * where they lie each time it is written, so that a few words can go into a message of any size.
 */
public final class SplicedContent implements MailContent {
    private final MailContent content;
    private final List<Splice> splices;

    private SplicedContent(MailContent content, List<Splice> splices) {
        this.content = content;
        this.splices = splices;
    }

    /**
     * One replacement.
     *
     * @param from where the first byte stands that goes
     * @param to behind the last byte that goes; equal to {@code from} where bytes are only put in
     * @param bytes to stand there
     */
    public record Splice(long from, long to, byte[] bytes) {}

    /** @param splices that do not overlap, in any order */
    public static MailContent of(MailContent content, List<Splice> splices) {
        if (splices.isEmpty()) {
            return content;
        }
        var sorted = new ArrayList<>(splices);
        sorted.sort(Comparator.comparingLong(Splice::from));
        return new SplicedContent(content, sorted);
    }

    @Override
    public long size() {
        return content.size()
                + splices.stream()
                        .mapToLong(s -> s.bytes().length - (s.to() - s.from()))
                        .sum();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = open()) {
            in.transferTo(out);
        }
    }

    @Override
    public InputStream open() throws IOException {
        InputStream all = content.open();
        var parts = new ArrayList<InputStream>();
        long at = 0;
        for (Splice s : splices) {
            parts.add(new Range(all, s.from() - at, 0));
            parts.add(new ByteArrayInputStream(s.bytes()));
            parts.add(new Range(all, 0, s.to() - s.from()));
            at = s.to();
        }
        parts.add(all);
        return new Closing(new SequenceInputStream(Collections.enumeration(parts)), all);
    }

    /** The next bytes of a stream that others read on from; first some that are dropped. */
    private static final class Range extends InputStream {
        private final InputStream in;
        private long left;
        private long dropped;

        Range(InputStream in, long length, long drop) {
            this.in = in;
            this.left = length;
            this.dropped = drop;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (dropped > 0) {
                in.skipNBytes(dropped);
                dropped = 0;
            }
            if (left == 0 || len == 0) {
                return len == 0 ? 0 : -1;
            }
            int n = in.read(b, off, (int) Math.min(left, len));
            left -= Math.max(n, 0);
            return n;
        }
    }

    /** Closes the content's stream also when it was not read to its end. */
    private static final class Closing extends java.io.FilterInputStream {
        private final InputStream all;

        Closing(InputStream parts, InputStream all) {
            super(parts);
            this.all = all;
        }

        @Override
        public void close() throws IOException {
            all.close();
        }
    }
}
