package io.m365mail.compose;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the attachments of one submission lie while its messages are made: small ones in the heap, others in files that
 * {@link #close} removes. All of them together are bounded.
 */
public final class Spool implements AutoCloseable {
    private static final int IN_HEAP = 64 << 10;

    private final Path folder;
    private final long maxBytes;
    private final List<Path> files = new ArrayList<>();
    private long used;

    /**
     * @param folder where files are put; exists
     * @param maxBytes of all that is spooled
     */
    public Spool(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    /** More was written than the spool may hold. */
    public static final class FullException extends IOException {
        private static final long serialVersionUID = 1L;

        FullException(long maxBytes) {
            super("the attachments are larger than " + maxBytes + " bytes together");
        }
    }

    Path folder() {
        return folder;
    }

    /** A place to write the next attachment to. */
    public Writer writer() {
        return new Writer();
    }

    @Override
    public void close() throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        files.clear();
    }

    /** Keeps what is written in the heap until there is too much of it. */
    public final class Writer extends OutputStream {
        private ByteArrayOutputStream heap = new ByteArrayOutputStream();
        private Path file;
        private OutputStream out = heap;
        private long size;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            used += len;
            if (used > maxBytes) {
                throw new FullException(maxBytes);
            }
            size += len;
            if (file == null && size > IN_HEAP) {
                file = Files.createTempFile(folder, "attachment-", ".tmp");
                files.add(file);
                out = Files.newOutputStream(file);
                heap.writeTo(out);
                heap = null;
            }
            out.write(b, off, len);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        /** What was written, once the writer is closed. */
        public Blob blob() {
            byte[] bytes = heap == null ? null : heap.toByteArray();
            Path path = file;
            long length = size;
            return new Blob() {
                @Override
                public InputStream open() throws IOException {
                    return bytes == null ? Files.newInputStream(path) : new ByteArrayInputStream(bytes);
                }

                @Override
                public long size() {
                    return length;
                }
            };
        }
    }
}
