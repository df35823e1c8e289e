package io.m365mail.source.mailbox;

import io.m365mail.mail.CrlfContent;
import io.m365mail.mail.MailContent;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes of a message as the server hands them out, fetched in pieces and never parsed and written anew: small ones in
 * the heap, others in a spool file that {@link #close} removes.
 */
final class FetchedMail implements AutoCloseable {
    private static final int IN_HEAP = 64 << 10;
    private static final int BUFFER = 32 << 10;

    private final Path spool;
    private final long maxSize;
    private final MessageDigest sha256;
    private Path file;
    private MailContent content;

    /** @param spool an existing folder */
    FetchedMail(Path spool, long maxSize) {
        this.spool = spool;
        this.maxSize = maxSize;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** More bytes came than the source takes. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The spool file cannot be written, as on a full disk: that is our fault, not the message's. */
    static final class SpoolException extends IOException {
        private static final long serialVersionUID = 1L;

        SpoolException(Path spool, IOException cause) {
            super("a file in " + spool + " cannot be written: " + cause, cause);
        }
    }

    /**
     * @throws TooLargeException as soon as there are more bytes than allowed; what the server said before is an estimate
     * @throws SpoolException where the message cannot be kept here
     * @throws MessagingException where the server or the connection fails
     */
    void fetch(Message message) throws IOException, MessagingException {
        try (var collector = new Collector()) {
            // From POP3 it comes byte by byte.
            var buffered = new BufferedOutputStream(collector, BUFFER);
            message.writeTo(buffered);
            buffered.flush();
            collector.done();
        }
    }

    /** With CRLF at the ends of lines, as the server has to have them. */
    MailContent content() {
        return content;
    }

    String hash() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    private final class Collector extends OutputStream {
        private ByteArrayOutputStream heap = new ByteArrayOutputStream();
        private OutputStream out = heap;
        private long size;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            size += len;
            if (size > maxSize) {
                throw new TooLargeException();
            }
            sha256.update(b, off, len);
            try {
                if (file == null && size > IN_HEAP) {
                    file = Files.createTempFile(spool, "mailbox-", ".eml");
                    out = Files.newOutputStream(file);
                    heap.writeTo(out);
                    heap = null;
                }
                out.write(b, off, len);
            } catch (IOException e) {
                throw new SpoolException(spool, e);
            }
        }

        void done() throws IOException {
            out.close();
            content = CrlfContent.of(heap == null ? MailContent.of(file) : MailContent.of(heap.toByteArray()));
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
