package io.m365mail.bounce;

import io.m365mail.mail.HeaderBlock;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.ParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/** The Content-Type of a message or part; text/plain where there is none, or none that can be read (RFC 2045, 5.2). */
final class MediaType {
    private static final int MAX_LENGTH = 4096;

    private final ContentType type;

    private MediaType(ContentType type) {
        this.type = type;
    }

    static MediaType of(HeaderBlock header) {
        String text = header.first("Content-Type").map(f -> f.unfolded()).orElse("");
        try {
            return new MediaType(text.isEmpty() || text.length() > MAX_LENGTH ? null : new ContentType(text));
        } catch (ParseException e) {
            return new MediaType(null);
        }
    }

    boolean is(String name) {
        return name().equals(name);
    }

    boolean matches(Pattern names) {
        return names.matcher(name()).matches();
    }

    private String name() {
        return type == null ? "text/plain" : type.getBaseType().toLowerCase(Locale.ROOT);
    }

    String parameter(String name, String otherwise) {
        String value = type == null ? null : type.getParameter(name);
        return value == null ? otherwise : value;
    }
}
