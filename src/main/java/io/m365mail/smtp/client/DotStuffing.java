package io.m365mail.smtp.client;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Content as DATA carries it (RFC 5321 section 4.5.2): a dot at the start of a line is doubled, and {@link #finish} writes
 * the line with the lone dot. Passes on whole stretches between such dots; nothing is copied. A line starts after CRLF
 * only.
 */
final class DotStuffing extends OutputStream {
    private static final byte[] DOT = {'.'};
    private static final byte[] END = {'.', '\r', '\n'};
    private static final byte[] CRLF_END = {'\r', '\n', '.', '\r', '\n'};

    private final OutputStream out;
    /** The last two bytes written; a content starts like a line. */
    private byte beforeLast = '\r';

    private byte last = '\n';

    DotStuffing(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '.' && startsLine(bytes, offset, i)) {
                out.write(bytes, from, i - from);
                out.write(DOT, 0, 1);
                from = i;
            }
        }
        out.write(bytes, from, end - from);
        remember(bytes, offset, length);
    }

    private boolean startsLine(byte[] bytes, int offset, int i) {
        byte one = i > offset ? bytes[i - 1] : last;
        byte two = i > offset + 1 ? bytes[i - 2] : i > offset ? last : beforeLast;
        return one == '\n' && two == '\r';
    }

    private void remember(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        beforeLast = length > 1 ? bytes[offset + length - 2] : last;
        last = bytes[offset + length - 1];
    }

    /** Ends the last line where the content does not, and the data. */
    void finish() throws IOException {
        byte[] end = last == '\n' && beforeLast == '\r' ? END : CRLF_END;
        out.write(end, 0, end.length);
    }
}
