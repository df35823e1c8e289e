package io.m365mail.rewrite;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.SenderRewrite;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the parts that a reader sees as the message's text: the message itself, the first part of a
 * {@code multipart/mixed} or {@code related}, and the plain and the HTML one of a {@code multipart/alternative}, however
 * these are nested. Never an attachment, a forwarded message or a part of a report. The body is read once, and no further
 * than needed: attachments behind the text are not looked at.
 */
final class LeadingText {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_PART_HEADER = 64 << 10;

    private final BodyLines lines;
    private final List<String> open = new ArrayList<>();
    private final List<TextPart> found = new ArrayList<>();
    private String signature;

    private LeadingText(InputStream in) {
        this.lines = new BodyLines(in);
    }

    /**
     * @param parts in their order; empty where there is no text
     * @param signature what is signed or encrypted among them, or null
     */
    record Result(List<TextPart> parts, String signature) {}

    /** @param header of the message; @param body behind it */
    static Result find(HeaderBlock header, MailContent body) throws IOException {
        String type = TextPart.mediaType(header);
        if (!type.startsWith("multipart/")) {
            boolean text = isText(type) && !TextPart.isAttachment(header);
            return new Result(text ? List.of(new TextPart(header, true, 0, 0, body.size())) : List.of(), null);
        }
        try (InputStream in = body.open()) {
            var search = new LeadingText(in);
            search.multipart(header, type);
            return new Result(search.found, search.signature);
        } catch (RefusedMessageException e) {
            return new Result(List.of(), null);
        }
    }

    private static boolean isText(String type) {
        return type.equals(TextPart.PLAIN) || type.equals(TextPart.HTML);
    }

    /**
     * Reads a multipart's children, all of an alternative, the first of others; the current line is then a boundary of
     * one of the multiparts around it, or there is none left.
     */
    private void multipart(HeaderBlock header, String type) throws IOException, RefusedMessageException {
        String boundary = TextPart.parameter(header, "boundary");
        boolean alternative = type.equals("multipart/alternative");
        boolean searched = alternative || type.equals("multipart/mixed") || type.equals("multipart/related");
        if (boundary == null || boundary.isBlank() || !searched || open.size() >= MAX_DEPTH) {
            return;
        }
        open.add(boundary);
        boolean more = toBoundary() && atBoundary(boundary);
        while (more) {
            part();
            more = alternative && atBoundary(boundary);
        }
        open.remove(open.size() - 1);
    }

    /** The line under the cursor opens another part of this multipart. */
    private boolean atBoundary(String boundary) {
        return lines.isBoundary(boundary) && !lines.isClosing(boundary);
    }

    private void part() throws IOException, RefusedMessageException {
        long headerStart = lines.end();
        HeaderBlock header = readHeader(headerStart);
        if (header == null) {
            return;
        }
        long start = lines.end();
        String type = TextPart.mediaType(header);
        if (SenderRewrite.signature(header).isPresent()) {
            signature = SenderRewrite.signature(header).get();
            toBoundary();
        } else if (type.startsWith("multipart/")) {
            multipart(header, type);
            if (!anyBoundary()) {
                toBoundary();
            }
        } else {
            boolean ended = toBoundary();
            long end = Math.max(start, ended ? lines.previousTextEnd() : lines.end());
            if (isText(type) && !TextPart.isAttachment(header) && isFirstOf(header)) {
                found.add(new TextPart(header, false, headerStart, start, end));
            }
        }
    }

    /** The header up to its blank line, or null where a boundary comes first or it has no end. */
    private HeaderBlock readHeader(long from) throws IOException, RefusedMessageException {
        lines.capture();
        boolean sound = true;
        boolean blank = false;
        while (sound && !blank && lines.advance()) {
            blank = lines.isEmpty();
            sound = !anyBoundary() && lines.end() - from <= MAX_PART_HEADER;
        }
        byte[] bytes = lines.captured();
        return sound ? HeaderBlock.parse(MailContent.of(bytes)) : null;
    }

    /** One plain and one HTML part are what a reader chooses from. */
    private boolean isFirstOf(HeaderBlock header) {
        boolean html = TextPart.mediaType(header).equals(TextPart.HTML);
        return found.stream().noneMatch(p -> p.isHtml() == html);
    }

    /** Goes to the next boundary of any multipart that is open; false where there is none. */
    private boolean toBoundary() throws IOException {
        while (lines.advance()) {
            if (anyBoundary()) {
                return true;
            }
        }
        return false;
    }

    private boolean anyBoundary() {
        return open.stream().anyMatch(lines::isBoundary);
    }
}
