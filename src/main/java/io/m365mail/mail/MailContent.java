package io.m365mail.mail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

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

    /** All the bytes as a stream, for whoever must pull them; the caller closes it. */
    InputStream open() throws IOException;

    /** The first bytes, at most {@code max} of them. */
    default byte[] head(int max) throws IOException {
        try (InputStream in = open()) {
            return in.readNBytes(max);
        }
    }

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
            public InputStream open() {
                return new ByteArrayInputStream(bytes, offset, length);
            }

            @Override
            public byte[] head(int max) {
                return Arrays.copyOfRange(bytes, offset, offset + Math.min(max, length));
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
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
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
            public InputStream open() throws IOException {
                return new SequenceInputStream(new ByteArrayInputStream(prefix), rest.open());
            }
        };
    }
}
