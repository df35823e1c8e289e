package io.m365mail.smtp.client;

import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Streams a content into the connection, as DATA or as one BDAT chunk. A failure of the socket is a {@link ConnectionLost};
 * any other exception comes from the content. The caller flushes: from then on the server may have the message.
 */
final class DataTransfer {
    private final SmtpWire wire;

    DataTransfer(SmtpWire wire) {
        this.wire = wire;
    }

    /** Dot-stuffed, ended by the lone dot. */
    void stuffed(MailContent content) throws IOException {
        var out = new DotStuffing(new ToWire(Long.MAX_VALUE));
        content.writeTo(out);
        out.finish();
    }

    /** {@code BDAT size LAST} and exactly {@code size} bytes (RFC 3030). */
    void chunk(MailContent content, long size) throws IOException {
        wire.line("BDAT " + size + " LAST");
        var out = new ToWire(size);
        content.writeTo(out);
        if (out.left != 0) {
            throw new IOException("it has " + out.left + " bytes less than when it was looked at");
        }
    }

    private final class ToWire extends OutputStream {
        private long left;

        ToWire(long left) {
            this.left = left;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > left) {
                throw new IOException("it has more bytes than when it was looked at");
            }
            left -= length;
            wire.write(bytes, offset, length);
        }
    }
}
