package io.m365mail.mail;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A content without its first bytes. The bytes are not copied: they are read and dropped each time it is written. */
record ContentTail(MailContent content, int offset) implements MailContent {
    @Override
    public long size() {
        return content.size() - offset;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        content.writeTo(new Skipping(out, offset));
    }

    @Override
    public InputStream open() throws IOException {
        InputStream in = content.open();
        try {
            in.skipNBytes(offset);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Drops the first bytes that are written to it and passes the others on. */
    private static final class Skipping extends FilterOutputStream {
        private int left;

        Skipping(OutputStream out, int skip) {
            super(out);
            left = skip;
        }

        @Override
        public void write(int b) throws IOException {
            if (left > 0) {
                left--;
            } else {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            int dropped = Math.min(left, len);
            left -= dropped;
            if (len > dropped) {
                out.write(b, off + dropped, len - dropped);
            }
        }
    }
}
