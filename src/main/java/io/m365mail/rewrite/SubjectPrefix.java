package io.m365mail.rewrite;

import io.m365mail.mail.Addresses;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderEdit;
import io.m365mail.mail.HeaderField;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Puts a text in front of a subject, once: a subject that begins with it, also behind {@code Re:} and the like, stays.
 * The subject's own bytes stay too, encoded words and folding and all; only the line is broken behind the prefix where
 * it would become too long.
 */
final class SubjectPrefix {
    /** Of replies and forwards in the languages that mail programs write them in; any number of them. */
    private static final Pattern REPLIES = Pattern.compile(
            "(?:\\s*(?:re|aw|antw|sv|vs|ref|rif|odp|fwd?|wg|tr|doorst|vl)\\s?(?:\\[\\d{1,3}\\])?\\s?:){1,20}+\\s*",
            Pattern.CASE_INSENSITIVE);

    private static final int LINE = 78;

    private SubjectPrefix() {}

    /** @return false where the subject has it already */
    static boolean add(String prefix, HeaderBlock header, HeaderEdit edit) {
        HeaderField subject = header.first("Subject").orElse(null);
        if (subject == null) {
            edit.prepend(HeaderText.field("Subject", prefix));
            return true;
        }
        if (has(prefix, subject.decoded())) {
            return false;
        }
        String raw = new String(subject.rawBytes(), StandardCharsets.ISO_8859_1);
        String old = raw.replaceFirst("^[ \\t]+", "");
        // Between two encoded words a blank does not show (RFC 2047 section 6.2), so it goes into the first.
        boolean blankInside = !Addresses.isAscii(prefix) && old.stripLeading().startsWith("=?");
        String first = subject.name() + ": " + HeaderText.encoded(blankInside ? prefix + " " : prefix);
        String glue = old.startsWith("\r") || old.startsWith("\n") ? "" : tooLong(first, old) ? "\r\n " : " ";
        edit.replace(
                subject, (first + glue + (old.isBlank() ? "" : old) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return true;
    }

    private static boolean tooLong(String first, String old) {
        int column = first.length() - (first.lastIndexOf('\n') + 1);
        int firstLine = old.indexOf('\r') < 0 ? old.length() : old.indexOf('\r');
        return column + 1 + firstLine > LINE;
    }

    private static boolean has(String prefix, String subject) {
        String wanted = prefix.toLowerCase(Locale.ROOT);
        String text = subject.strip().toLowerCase(Locale.ROOT);
        if (text.startsWith(wanted)) {
            return true;
        }
        var replies = REPLIES.matcher(text);
        return replies.lookingAt() && text.startsWith(wanted, replies.end());
    }
}
