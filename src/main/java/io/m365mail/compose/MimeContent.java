package io.m365mail.compose;

import io.m365mail.mail.MailContent;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A composed message as content: an ordinary one as bytes, a large one encoded anew each time it is written, so that it
 * needs no heap. The bytes are the same each time. For one thread at a time.
 */
final class MimeContent implements MailContent {
    private final MimeMessage message;
    private final Path spool;
    private final long size;

    private MimeContent(MimeMessage message, Path spool, long size) {
        this.message = message;
        this.spool = spool;
        this.size = size;
    }

    /** @param message saved: nothing changes it any more */
    static MailContent of(MimeMessage message, Path spool) throws IOException {
        var counter = new FirstBytes(LARGE);
        write(message, counter);
        return counter.count <= LARGE
                ? MailContent.of(counter.kept.toByteArray())
                : new MimeContent(message, spool, counter.count);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        write(message, out);
    }

    /** Through a file that goes when the stream is closed. */
    @Override
    public InputStream open() throws IOException {
        Path file = Files.createTempFile(spool, "composed-", ".tmp");
        try (OutputStream out = Files.newOutputStream(file)) {
            writeTo(out);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** Encodes no more than is asked for. */
    @Override
    public byte[] head(int max) throws IOException {
        var first = new FirstBytes(max);
        first.stopWhenFull = true;
        try {
            write(message, first);
        } catch (FullException e) {
            // All that was asked for is there.
        }
        return first.kept.toByteArray();
    }

    private static void write(MimeMessage message, OutputStream out) throws IOException {
        try {
            message.writeTo(out);
        } catch (MessagingException e) {
            throw new IOException("the message cannot be encoded: " + e.getMessage(), e);
        }
    }

    private static final class FullException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Counts all bytes and keeps the first ones. */
    private static final class FirstBytes extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final int max;
        private boolean stopWhenFull;
        private long count;

        FirstBytes(int max) {
            this.max = max;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            kept.write(b, off, (int) Math.min(len, Math.max(0, max - count)));
            count += len;
            if (stopWhenFull && count >= max) {
                throw new FullException();
            }
        }
    }
}
