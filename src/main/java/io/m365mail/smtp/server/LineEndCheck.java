package io.m365mail.smtp.server;

import io.netty.buffer.ByteBuf;

/**
 * Finds a bare CR or LF in octets that come in pieces. For BDAT, where the end of a message is counted and so cannot be
 * faked, but the text must still be able to leave through DATA (RFC 3030 section 3).
 */
final class LineEndCheck {
    private boolean afterCr;
    private boolean bare;

    void check(ByteBuf in, int from, int to) {
        int i = from;
        while (i < to && !bare) {
            if (afterCr) {
                afterCr = false;
                bare = in.getByte(i++) != '\n';
                continue;
            }
            int cr = in.indexOf(i, to, (byte) '\r');
            int stop = cr < 0 ? to : cr;
            bare = in.indexOf(i, stop, (byte) '\n') >= 0;
            afterCr = cr >= 0;
            i = stop + 1;
        }
    }

    /** The answer once the last octet was checked. */
    boolean hasBareLineEnd() {
        return bare || afterCr;
    }
}
