package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One pass over a message's bytes, in constant memory but for the header: the SHA-256, whether a line feed stands
 * without its carriage return, and the header block with its size.
 */
final class MessageScan {
    private final MessageDigest digest;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(2048);
    private final int headerLimit;
    private boolean inHeader = true;
    private boolean bareLineFeed;
    private long headerSize;
    private int lineLength;
    private boolean afterCr;

    private MessageScan(int headerLimit) {
        this.headerLimit = headerLimit;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** What the pass found; {@code header} holds at most the limit. */
    record Result(String sha256, boolean bareLineFeed, long headerSize, MessageHeader header) {}

    /** @param headerLimit bytes of header that are kept; more are counted only */
    static Result of(MailContent content, int headerLimit) throws IOException {
        var scan = new MessageScan(headerLimit);
        content.writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                scan.read(bytes, offset, length);
            }
        });
        return new Result(
                HexFormat.of().formatHex(scan.digest.digest()),
                scan.bareLineFeed,
                scan.headerSize,
                MessageHeader.parse(scan.header.toByteArray()));
    }

    private void read(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            if (inHeader) {
                headerByte(b);
            }
            bareLineFeed |= b == '\n' && !afterCr;
            afterCr = b == '\r';
        }
    }

    private void headerByte(byte b) {
        headerSize++;
        if (header.size() < headerLimit) {
            header.write(b);
        }
        if (b == '\n') {
            inHeader = lineLength > 0;
            lineLength = 0;
        } else if (b != '\r') {
            lineLength++;
        }
    }
}
