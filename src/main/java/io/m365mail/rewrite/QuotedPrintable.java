package io.m365mail.rewrite;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Quoted-printable text (RFC 2045 section 6.7). Line breaks of the text stay line breaks. */
final class QuotedPrintable {
    private static final int LINE = 75;

    private QuotedPrintable() {}

    static byte[] encode(byte[] text) {
        var out = new ByteArrayOutputStream(text.length + text.length / 8);
        int column = 0;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if (b == '\n' || b == '\r' && i + 1 < text.length && text[i + 1] == '\n') {
                out.writeBytes(new byte[] {'\r', '\n'});
                i += b == '\r' ? 1 : 0;
                column = 0;
                continue;
            }
            boolean lineEnds = i + 1 == text.length || text[i + 1] == '\n' || text[i + 1] == '\r';
            boolean plain = b > ' ' && b < 127 && b != '=' || (b == ' ' || b == '\t') && !lineEnds;
            // A dot at the start of a line is what careless relays double.
            plain &= b != '.' || column > 0;
            int width = plain ? 1 : 3;
            if (column + width > LINE) {
                out.writeBytes(new byte[] {'=', '\r', '\n'});
                column = 0;
            }
            out.writeBytes(plain ? new byte[] {b} : escaped(b));
            column += width;
        }
        return out.toByteArray();
    }

    /** Where in encoded HTML {@link HtmlEnd} stands, which soft line breaks and escapes may cut. */
    static int place(byte[] encoded) {
        byte[] decoded = new byte[encoded.length];
        int[] places = new int[encoded.length];
        int n = 0;
        for (int i = 0; i < encoded.length; i++) {
            int start = i;
            byte b = encoded[i];
            if (b == '=') {
                int skip = softBreak(encoded, i + 1);
                if (skip > 0) {
                    i += skip;
                    continue;
                }
                int value = hex(encoded, i + 1);
                if (value >= 0) {
                    b = (byte) value;
                    i += 2;
                }
            }
            decoded[n] = b;
            places[n++] = start;
        }
        int at = HtmlEnd.in(Arrays.copyOf(decoded, n));
        return at == n ? encoded.length : places[at];
    }

    /** The length of the line break behind an equals sign, blanks before it allowed; 0 where there is none. */
    private static int softBreak(byte[] encoded, int from) {
        int i = from;
        while (i < encoded.length && (encoded[i] == ' ' || encoded[i] == '\t')) {
            i++;
        }
        i += i < encoded.length && encoded[i] == '\r' ? 1 : 0;
        return i < encoded.length && encoded[i] == '\n' ? i + 1 - from : 0;
    }

    private static int hex(byte[] encoded, int from) {
        if (from + 1 >= encoded.length) {
            return -1;
        }
        int high = Character.digit(encoded[from], 16);
        int low = Character.digit(encoded[from + 1], 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static byte[] escaped(byte b) {
        return "=%02X".formatted(b & 0xFF).getBytes(StandardCharsets.US_ASCII);
    }
}
