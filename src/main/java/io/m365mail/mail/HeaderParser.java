package io.m365mail.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One pass over the first bytes of a message that finds its fields; {@link HeaderBlock} states the rules. */
final class HeaderParser {
    private final MailContent content;
    private final byte[] head;
    private final List<HeaderField> fields = new ArrayList<>();
    private final Set<String> defects = new LinkedHashSet<>();

    HeaderParser(MailContent content, byte[] head) {
        this.content = content;
        this.head = head;
    }

    HeaderBlock parse() {
        int start = skipBeforeFirstField();
        int at = start;
        int bodyStart = -1;
        while (at < head.length && bodyStart < 0) {
            int lineEnd = lineEnd(at);
            if (isBlank(at, lineEnd)) {
                bodyStart = lineEnd;
            } else {
                int colon = colon(at, lineEnd);
                if (colon < 0) {
                    defects.add(
                            fields.isEmpty()
                                    ? "the message has no header: its first line is no field"
                                    : "no blank line before the body: a line without a field name follows "
                                            + fields.get(fields.size() - 1).name());
                    bodyStart = at;
                    break;
                }
                at = field(at, colon, lineEnd);
            }
        }
        if (at >= head.length && bodyStart < 0) {
            bodyStart = head.length;
            defects.add(fields.isEmpty() ? "the message is empty" : "no blank line after the header, and no body");
        }
        inspect(start, at);
        return new HeaderBlock(content, head, fields, List.copyOf(defects), start, at, bodyStart);
    }

    /** Takes the field at {@code at} with its continuation lines; returns where the next line starts. */
    private int field(int at, int colon, int lineEnd) {
        int nameEnd = colon;
        while (nameEnd > at && isWsp(head[nameEnd - 1])) {
            nameEnd--;
        }
        String name = new String(head, at, nameEnd - at, StandardCharsets.US_ASCII);
        if (nameEnd < colon) {
            defects.add("blanks before the colon of " + name);
        }
        int end = lineEnd;
        while (end < head.length && isWsp(head[end])) {
            int next = lineEnd(end);
            if (onlyWsp(end, next)) {
                defects.add("a line of blanks only within " + name);
            }
            end = next;
        }
        fields.add(new HeaderField(head, name, at, colon + 1, end));
        return end;
    }

    private int skipBeforeFirstField() {
        int at = 0;
        boolean mbox = false;
        while (at < head.length) {
            int next = lineEnd(at);
            if (onlyWsp(at, next) && next < content.size()) {
                defects.add("blank lines before the header");
            } else if (!mbox && startsWith(at, "From ") && colon(at, next) < 0) {
                mbox = true;
                defects.add("an mbox line (From ) before the header");
            } else {
                return at;
            }
            at = next;
        }
        return at;
    }

    /** Where the field name's colon is: printable ASCII before it, blanks directly before it allowed; else -1. */
    private int colon(int from, int to) {
        boolean blankSeen = false;
        for (int i = from; i < to; i++) {
            byte b = head[i];
            if (b == ':') {
                return i == from || isWsp(head[from]) ? -1 : i;
            }
            if (isWsp(b)) {
                blankSeen = true;
            } else if (blankSeen || b <= 32 || b == 127) {
                return -1;
            }
        }
        return -1;
    }

    private void inspect(int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = head[i];
            if (b == '\n' && (i == 0 || head[i - 1] != '\r')) {
                defects.add("bare LF line ends in the header");
            } else if (b == '\r' && (i + 1 >= head.length || head[i + 1] != '\n')) {
                defects.add("a bare CR in the header");
            } else if (b == 0) {
                defects.add("a NUL in the header");
            }
        }
    }

    /** Behind the next LF, or the end of what was read. */
    private int lineEnd(int from) {
        for (int i = from; i < head.length; i++) {
            if (head[i] == '\n') {
                return i + 1;
            }
        }
        return head.length;
    }

    private boolean isBlank(int from, int to) {
        return head[from] == '\n' || (head[from] == '\r' && to == from + 2);
    }

    private boolean onlyWsp(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isWsp(head[i]) && head[i] != '\r' && head[i] != '\n') {
                return false;
            }
        }
        return true;
    }

    private boolean startsWith(int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= head.length || head[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWsp(byte b) {
        return b == ' ' || b == '\t';
    }
}
