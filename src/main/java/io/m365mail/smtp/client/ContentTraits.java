package io.m365mail.smtp.client;

import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What decides how a content can travel, found in one pass over its bytes.
 *
 * @param size bytes that were really there
 * @param eightBit a byte above 127
 * @param eightBitHeader a byte above 127 before the first empty line
 * @param nul a byte 0
 * @param bareLineEnd a CR or LF that is not part of CRLF
 * @param longestLine in bytes without its CRLF
 * @param endsWithCrlf also true for an empty content
 */
record ContentTraits(
        long size,
        boolean eightBit,
        boolean eightBitHeader,
        boolean nul,
        boolean bareLineEnd,
        long longestLine,
        boolean endsWithCrlf) {

    /** RFC 5321 section 4.5.3.1.6: 1000 octets with the CRLF. */
    private static final int MAX_LINE = 998;

    static ContentTraits of(MailContent content) throws IOException {
        var scan = new Scan();
        content.writeTo(scan);
        return scan.result();
    }

    /** True where only BDAT can carry it byte by byte (RFC 3030). */
    boolean needsBinary() {
        return nul || bareLineEnd || longestLine > MAX_LINE;
    }

    private static final class Scan extends OutputStream {
        private long size;
        private long lineStart;
        private long longest;
        private boolean eightBit;
        private boolean eightBitHeader;
        private boolean inHeader = true;
        private boolean nul;
        private boolean bare;
        private boolean openCr;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        /** The common byte costs one comparison. */
        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int i = offset, end = offset + length; i < end; i++) {
                byte b = bytes[i];
                if (b > '\r' && !openCr) {
                    continue;
                }
                special(b, size + i - offset);
            }
            size += length;
        }

        private void special(byte b, long at) {
            if (openCr && b != '\n') {
                bare = true;
            }
            if (b == '\n') {
                bare |= !openCr;
                endLine(at - (openCr ? 1 : 0), at + 1);
            }
            nul |= b == 0;
            if (b < 0) {
                eightBit = true;
                eightBitHeader |= inHeader;
            }
            openCr = b == '\r';
        }

        private void endLine(long lineEnd, long next) {
            longest = Math.max(longest, lineEnd - lineStart);
            inHeader &= lineEnd != lineStart;
            lineStart = next;
        }

        ContentTraits result() {
            boolean complete = lineStart == size;
            return new ContentTraits(
                    size, eightBit, eightBitHeader, nul, bare || openCr, Math.max(longest, size - lineStart), complete);
        }
    }
}
