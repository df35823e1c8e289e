package io.m365mail.mail;

import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A content whose line ends are all CRLF, whatever they were: a bare LF or CR is written as CRLF (RFC 5321 section
 * 2.3.8 allows neither on the wire), every other byte as it is. For files that people and applications drop into a
 * folder. One pass at the start counts; nothing is copied.
 */
public final class CrlfContent implements MailContent {
    private final MailContent content;
    private final long size;

    private CrlfContent(MailContent content, long size) {
        this.content = content;
        this.size = size;
    }

    /** {@code content} itself where its line ends are right already. */
    public static MailContent of(MailContent content) throws IOException {
        var counter = new Counter();
        var converter = new Converter(counter);
        content.writeTo(converter);
        converter.end();
        return counter.bytes == content.size() ? content : new CrlfContent(content, counter.bytes);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        var converter = new Converter(out);
        content.writeTo(converter);
        converter.end();
    }

    @Override
    public InputStream open() throws IOException {
        return new CrlfInputStream(new BufferedInputStream(content.open(), 64 << 10));
    }

    /** Writes runs without line ends in one piece. */
    private static final class Converter extends FilterOutputStream {
        private static final byte[] CRLF = {'\r', '\n'};
        private boolean afterCr;

        Converter(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            int from = off;
            for (int i = off; i < off + len; i++) {
                boolean lf = b[i] == '\n';
                if (afterCr || lf) {
                    out.write(b, from, i - from);
                    out.write(CRLF);
                    from = lf ? i + 1 : i;
                }
                afterCr = b[i] == '\r';
                if (afterCr) {
                    out.write(b, from, i - from);
                    from = i + 1;
                }
            }
            out.write(b, from, off + len - from);
        }

        /** A CR that was the last byte gets its LF. */
        void end() throws IOException {
            if (afterCr) {
                out.write(CRLF);
                afterCr = false;
            }
        }
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int off, int len) {
            bytes += len;
        }
    }

    /** The same conversion for whoever pulls; skipping counts converted bytes too. */
    private static final class CrlfInputStream extends InputStream {
        private static final int NONE = -2;
        private final InputStream in;
        private boolean afterCr;
        private int pending = NONE;

        CrlfInputStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = pending != NONE ? pending : in.read();
            pending = NONE;
            if (afterCr) {
                afterCr = false;
                if (b != '\n') {
                    pending = b;
                }
                return '\n';
            }
            if (b == '\n') {
                pending = '\n';
                afterCr = true;
                return '\r';
            }
            afterCr = b == '\r';
            return b;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = 0;
            while (n < len) {
                int c = read();
                if (c < 0) {
                    pending = -1;
                    break;
                }
                b[off + n++] = (byte) c;
            }
            return n == 0 && len > 0 ? -1 : n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
