package io.m365mail.rewrite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a body line by line, however long the lines are: of each the first bytes are kept, and where it stands. */
final class BodyLines {
    /** Longer than any boundary line may be (RFC 2046 section 5.1.1: 70 characters and four hyphens). */
    private static final int KEPT = 256;

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private final byte[] kept = new byte[KEPT];
    private int filled;
    private int next;
    private long read;
    private int keptLength;
    private long start;
    private long textEnd;
    private long previousTextEnd;
    private ByteArrayOutputStream captured;

    BodyLines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; false at the end. */
    boolean advance() throws IOException {
        start = read;
        previousTextEnd = textEnd;
        keptLength = 0;
        int last = -1;
        int b = next();
        if (b < 0) {
            textEnd = read;
            return false;
        }
        while (b >= 0 && b != '\n') {
            if (keptLength < KEPT) {
                kept[keptLength++] = (byte) b;
            }
            last = b;
            b = next();
        }
        textEnd = read - (b == '\n' ? 1 : 0) - (b == '\n' && last == '\r' ? 1 : 0);
        return true;
    }

    /** Keeps the bytes of the lines that follow. */
    void capture() {
        captured = new ByteArrayOutputStream();
    }

    /** The bytes of the lines since {@link #capture}; none are kept from here on. */
    byte[] captured() {
        byte[] bytes = captured.toByteArray();
        captured = null;
        return bytes;
    }

    /** Behind its line break. */
    long end() {
        return read;
    }

    /** Where the line before ended, without its line break. */
    long previousTextEnd() {
        return previousTextEnd;
    }

    boolean isEmpty() {
        return textEnd == start;
    }

    /** The line ends with a boundary: {@code --boundary}, {@code --boundary--}, blanks behind it allowed. */
    boolean isBoundary(String boundary) {
        if (keptLength < 2 || kept[0] != '-' || kept[1] != '-') {
            return false;
        }
        String text = new String(kept, 0, keptLength, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("--" + boundary)) {
            return false;
        }
        String rest = text.substring(2 + boundary.length());
        return (rest.startsWith("--") ? rest.substring(2) : rest).isBlank();
    }

    boolean isClosing(String boundary) {
        return new String(kept, 0, keptLength, StandardCharsets.ISO_8859_1).startsWith("--" + boundary + "--");
    }

    private int next() throws IOException {
        if (next == filled) {
            filled = in.read(buffer, 0, buffer.length);
            next = 0;
            if (filled <= 0) {
                filled = 0;
                return -1;
            }
        }
        read++;
        if (captured != null) {
            captured.write(buffer[next]);
        }
        return buffer[next++] & 0xFF;
    }
}
