package io.m365mail.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of a message (RFC 5322 header and body, CRLF line ends), wherever they lie: in memory for ordinary mail, in
 * a spool file or in the broker for large ones. It can be written any number of times, and nobody needs it in the heap
 * as a whole.
 */
public interface MailContent {
    /** Above this many bytes a body is not kept in the heap but streamed: 1 MiB. */
    int LARGE = 1 << 20;

    /** Length in bytes. */
    long size();

    /** Writes all the bytes; does not close {@code out}. */
    void writeTo(OutputStream out) throws IOException;

    /** The first bytes, at most {@code max} of them. */
    byte[] head(int max) throws IOException;

    /** All the bytes; for ordinary sizes and for tests. */
    default byte[] toBytes() throws IOException {
        var out = new ByteArrayOutputStream((int) Math.min(size(), Integer.MAX_VALUE - 16));
        writeTo(out);
        return out.toByteArray();
    }

    /** Wraps {@code bytes} without copying them. */
    static MailContent of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Wraps a part of {@code bytes} without copying it. */
    static MailContent of(byte[] bytes, int offset, int length) {
        return new MailContent() {
            @Override
            public long size() {
                return length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public byte[] head(int max) {
                return java.util.Arrays.copyOfRange(bytes, offset, offset + Math.min(max, length));
            }
        };
    }

    /** The bytes of a file that stays as it is while it is used; whoever made the file removes it. */
    static MailContent of(Path file) throws IOException {
        long size = Files.size(file);
        return new MailContent() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                Files.copy(file, out);
            }

            @Override
            public byte[] head(int max) throws IOException {
                try (InputStream in = Files.newInputStream(file)) {
                    return in.readNBytes(max);
                }
            }
        };
    }

    /** {@code prefix} followed by this content: how trace headers go in front of bytes that stay untouched. */
    default MailContent withPrefix(byte[] prefix) {
        MailContent rest = this;
        return new MailContent() {
            @Override
            public long size() {
                return prefix.length + rest.size();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(prefix);
                rest.writeTo(out);
            }

            @Override
            public byte[] head(int max) throws IOException {
                var out = new ByteArrayOutputStream(Math.min(max, 8192));
                out.write(prefix, 0, Math.min(max, prefix.length));
                if (max > prefix.length) {
                    out.write(rest.head(max - prefix.length));
                }
                return out.toByteArray();
            }
        };
    }
}
