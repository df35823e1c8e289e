package io.m365mail.rewrite;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.ParseException;
import java.util.List;
import java.util.Locale;

/**
 * A part of a message that people read as its text.
 *
 * @param header of the part; the message's own where the message is one part
 * @param whole the message is this part
 * @param headerStart where the part's header stands in the message's body; 0 where the message is one part
 * @param start where its first byte stands in the message's body
 * @param end behind its last byte; the line break before the next boundary is not its own
 */
record TextPart(HeaderBlock header, boolean whole, long headerStart, long start, long end) {
    static final String PLAIN = "text/plain";
    static final String HTML = "text/html";

    boolean isHtml() {
        return mediaType(header).equals(HTML);
    }

    long length() {
        return end - start;
    }

    /** The charset's name; US-ASCII where none is given (RFC 2045 section 5.2). */
    String charset() {
        String given = parameter(header, "charset");
        return given == null ? "us-ascii" : given;
    }

    /** The transfer encoding in lower case; 7bit where none is given (RFC 2045 section 6.1). */
    String encoding() {
        return header.first("Content-Transfer-Encoding")
                .map(f -> f.unfolded().replaceAll("\\(.*\\)", "").strip().toLowerCase(Locale.ROOT))
                .filter(e -> !e.isEmpty())
                .orElse("7bit");
    }

    /** The media type in lower case; text/plain where there is none, empty where it cannot be read. */
    static String mediaType(HeaderBlock header) {
        List<HeaderField> all = header.all("Content-Type");
        if (all.isEmpty()) {
            return PLAIN;
        }
        ContentType type = contentType(header);
        return type == null ? "" : type.getBaseType().toLowerCase(Locale.ROOT);
    }

    /** A parameter of Content-Type, or null. */
    static String parameter(HeaderBlock header, String name) {
        ContentType type = contentType(header);
        return type == null ? null : type.getParameter(name);
    }

    static boolean isAttachment(HeaderBlock header) {
        return header.first("Content-Disposition")
                .map(f -> f.unfolded().strip().toLowerCase(Locale.ROOT).startsWith("attachment"))
                .orElse(false);
    }

    private static ContentType contentType(HeaderBlock header) {
        List<HeaderField> all = header.all("Content-Type");
        if (all.size() != 1) {
            return null;
        }
        try {
            return new ContentType(all.get(0).unfolded());
        } catch (ParseException e) {
            return null;
        }
    }
}
