package io.m365mail.rewrite;

import io.m365mail.mail.DisplayText;
import io.m365mail.mail.MailAddress;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes header fields: encoded words where a text is not ASCII (RFC 2047), folded where it is long. */
final class HeaderText {
    private static final int LINE = 76;

    private HeaderText() {}

    /** A field with a text for people. */
    static byte[] field(String name, String text) {
        return bytes(name + ": " + MimeUtility.fold(name.length() + 2, encoded(text)) + "\r\n");
    }

    /** A field with addresses, one a line where they do not fit. */
    static byte[] addresses(String name, List<MailAddress> addresses) {
        var out = new StringBuilder(name).append(':');
        int column = out.length();
        for (int i = 0; i < addresses.size(); i++) {
            String text = address(addresses.get(i)) + (i + 1 < addresses.size() ? "," : "");
            if (i > 0 && column + text.length() > LINE) {
                out.append("\r\n");
                column = 0;
            }
            out.append(' ').append(text);
            column += 1 + text.length();
        }
        return bytes(out.append("\r\n").toString());
    }

    private static String address(MailAddress a) {
        return a.display() == null || a.display().isBlank()
                ? "<" + a.address() + ">"
                : DisplayText.phrase(a.display()) + " <" + a.address() + ">";
    }

    /** Encoded words, folded between two of them; ASCII stays as it is. */
    static String encoded(String text) {
        try {
            return MimeUtility.encodeText(text, "UTF-8", null);
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every Java has UTF-8", e);
        }
    }

    static byte[] bytes(String fields) {
        return fields.getBytes(StandardCharsets.UTF_8);
    }
}
