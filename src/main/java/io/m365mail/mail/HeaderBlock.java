package io.m365mail.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The header of a message (RFC 5322) as raw bytes with an index of its fields. It reads the first bytes of the content
 * only and never writes a field anew: what is not touched keeps its folding, case and 8-bit bytes, so that signatures
 * stay valid.
 *
 * <p>It takes what devices send. Blank lines and an mbox {@code From } line before the first field are left out of what
 * {@link HeaderEdit} makes. The header ends at the first line that is neither a field nor a continuation, as with
 * Postfix and Sendmail; if that line is not blank, it is the body's first and {@link HeaderEdit} puts the blank line in.
 * {@link #defects} says what was found. Reading takes time linear in the header.
 */
public final class HeaderBlock {
    /** Exchange Online's limit for a header, in bytes. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final int ORDINARY_BYTES = 8 * 1024;

    private final MailContent content;
    private final byte[] head;
    private final List<HeaderField> fields;
    private final List<String> defects;
    private final int start;
    private final int end;
    private final int bodyStart;

    HeaderBlock(
            MailContent content,
            byte[] head,
            List<HeaderField> fields,
            List<String> defects,
            int start,
            int end,
            int bodyStart) {
        this.content = content;
        this.head = head;
        this.fields = List.copyOf(fields);
        this.defects = List.copyOf(defects);
        this.start = start;
        this.end = end;
        this.bodyStart = bodyStart;
    }

    /**
     * Reads the header of {@code content}.
     *
     * @throws RefusedMessageException 552 5.3.4 when the header is larger than {@link #MAX_BYTES}
     */
    public static HeaderBlock parse(MailContent content) throws IOException, RefusedMessageException {
        // Nearly every header ends within the first few kilobytes; the message is not copied for the sake of the
        // others.
        HeaderBlock small = new HeaderParser(content, content.head(ORDINARY_BYTES)).parse();
        if (small.endSeen()) {
            return small;
        }
        // Four bytes more, so that the blank line after a header of just the limit is seen.
        byte[] head = content.head(MAX_BYTES + 4);
        HeaderBlock block = new HeaderParser(content, head).parse();
        boolean cut = block.end == head.length && head.length < content.size();
        if (cut || block.length() > MAX_BYTES) {
            throw tooLarge();
        }
        return block;
    }

    /** A blank line ends the header for certain, whatever bytes follow those that were read. */
    private boolean endSeen() {
        return bodyStart > end && head[bodyStart - 1] == '\n';
    }

    static RefusedMessageException tooLarge() {
        return new RefusedMessageException(
                552,
                "5.3.4",
                "Header size exceeds fixed maximum size: Exchange Online takes 256 KB of header fields at most;"
                        + " send fewer or shorter fields");
    }

    /** All fields in their order. */
    public List<HeaderField> fields() {
        return fields;
    }

    /** The first field of that name in any case. */
    public Optional<HeaderField> first(String name) {
        return fields.stream().filter(f -> f.is(name)).findFirst();
    }

    /** Every field of that name in any case, in order. */
    public List<HeaderField> all(String name) {
        return fields.stream().filter(f -> f.is(name)).toList();
    }

    public boolean has(String name) {
        return first(name).isPresent();
    }

    /** The addresses of every field of that name. */
    public List<MailAddress> addresses(String name) {
        var found = new ArrayList<MailAddress>();
        all(name).forEach(f -> found.addAll(AddressList.parse(f.unfolded())));
        return found;
    }

    /** The message it is the header of. */
    public MailContent content() {
        return content;
    }

    /** Where the first byte of the body stands; the size of the content where there is no body. */
    public int bodyStart() {
        return bodyStart;
    }

    /** The message behind the header and its blank line; not copied. */
    public MailContent body() {
        return new ContentTail(content, bodyStart);
    }

    /** The header alone, with the blank line that ends it, as bytes of its own. */
    public MailContent alone() {
        var out = new ByteArrayOutputStream(length() + 2);
        out.write(head, start, bodyStart - start);
        if (blankLineMissing()) {
            out.write('\r');
            out.write('\n');
        }
        return MailContent.of(out.toByteArray());
    }

    /** What is not as RFC 5322 wants it, in plain words, free of control characters; empty for a sound header. */
    public List<String> defects() {
        return defects;
    }

    /** Length of the header in bytes, without the blank line. */
    public int length() {
        return end - start;
    }

    /** Changes to be made to the header. */
    public HeaderEdit edit() {
        return new HeaderEdit(this);
    }

    /** The same message without the fields of these names, in any case; every other byte stays. */
    public MailContent without(String... names) {
        HeaderEdit edit = edit();
        Arrays.stream(names).forEach(edit::remove);
        return edit.toContent();
    }

    byte[] head() {
        return head;
    }

    /** Where the first field stands, after blank lines and an mbox line. */
    int start() {
        return start;
    }

    /** Where the last field ends. */
    int end() {
        return end;
    }

    /** A body follows the last field directly. */
    boolean blankLineMissing() {
        return bodyStart == end && bodyStart < content.size();
    }
}
