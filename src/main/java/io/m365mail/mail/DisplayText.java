package io.m365mail.mail;

import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Turns what stands in a header into text for people, and back. Nothing decoded here is ever parsed again. */
public final class DisplayText {
    /** Longer values are shown as they are: nobody reads them, and decoding them costs. */
    private static final int MAX_DECODED = 16_384;

    /** A display name that we write anew is cut here, so that its line stays below 998 octets. */
    private static final int MAX_PHRASE = 200;

    private DisplayText() {}

    /** UTF-8 where the bytes are valid UTF-8 (RFC 6532), else Latin-1, which loses no byte. */
    static String ofBytes(byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
    }

    /** Line breaks of folding removed (RFC 5322 section 2.2.3), blanks at both ends too. */
    static String unfold(String value) {
        var out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\n' && !(c == '\r' && i + 1 < value.length() && value.charAt(i + 1) == '\n')) {
                out.append(c);
            }
        }
        return out.toString().strip();
    }

    /** Encoded words (RFC 2047) decoded where their charset is known; control characters become blanks. */
    public static String decode(String unfolded) {
        String text = unfolded;
        if (text.length() <= MAX_DECODED && text.contains("=?")) {
            try {
                text = MimeUtility.decodeText(text);
            } catch (UnsupportedEncodingException | IllegalArgumentException e) {
                // An unknown charset: the encoded form is all that can be shown.
                text = unfolded;
            }
        }
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }

    /** A display name as it may stand before {@code <address>}: a quoted string, or folded encoded words in UTF-8. */
    public static String phrase(String text) {
        String whole = decode(text);
        String clean = whole.codePoints()
                .limit(MAX_PHRASE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        if (Addresses.isAscii(clean)) {
            return '"' + clean.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
        try {
            return MimeUtility.encodeWord(clean, "UTF-8", "B").replace("?= =?", "?=\r\n =?");
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every Java has UTF-8", e);
        }
    }
}
