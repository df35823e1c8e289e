package io.m365mail.mail;

import java.io.ByteArrayOutputStream;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Changes to a header: fields taken out, fields replaced, bytes put in front. The result is a view: the header that is
 * left as one small array, and the body as it lies in the content, not copied. Fields that are not named keep their
 * bytes. Used once, by one thread.
 */
public final class HeaderEdit {
    private static final byte[] NOTHING = {};
    private static final byte[] CRLF = {'\r', '\n'};

    private final HeaderBlock block;
    private final Map<HeaderField, byte[]> changed = new IdentityHashMap<>();
    private byte[] prefix = NOTHING;

    HeaderEdit(HeaderBlock block) {
        this.block = block;
    }

    /** Takes out every field of that name, in any case. */
    public HeaderEdit remove(String name) {
        block.all(name).forEach(this::remove);
        return this;
    }

    public HeaderEdit remove(HeaderField field) {
        changed.put(field, NOTHING);
        return this;
    }

    /** Puts {@code bytes} (whole fields with their line breaks, or nothing) in the place of a field. */
    public HeaderEdit replace(HeaderField field, byte[] bytes) {
        changed.put(field, bytes);
        return this;
    }

    /** Puts whole fields with their line breaks in front of the first. */
    public HeaderEdit prepend(byte[] fields) {
        prefix = fields;
        return this;
    }

    /** Bytes of the header that {@link #toContent} will have, without the blank line. */
    int headerLength() {
        int length = prefix.length + block.length();
        for (Map.Entry<HeaderField, byte[]> e : changed.entrySet()) {
            length += e.getValue().length - (e.getKey().end() - e.getKey().start());
        }
        return length;
    }

    /** The message with the changes; the content itself where there is none to make. */
    public MailContent toContent() {
        boolean whole = block.start() == 0 && !block.blankLineMissing();
        if (changed.isEmpty() && whole) {
            return prefix.length == 0 ? block.content() : block.content().withPrefix(prefix);
        }
        var out = new ByteArrayOutputStream(headerLength() + 2);
        out.writeBytes(prefix);
        int at = block.start();
        for (HeaderField field : block.fields()) {
            byte[] instead = changed.get(field);
            if (instead != null) {
                out.write(block.head(), at, field.start() - at);
                out.writeBytes(instead);
                at = field.end();
            }
        }
        out.write(block.head(), at, block.end() - at);
        if (block.blankLineMissing()) {
            out.writeBytes(CRLF);
        }
        return new ContentTail(block.content(), block.end()).withPrefix(out.toByteArray());
    }
}
