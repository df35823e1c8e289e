package io.m365mail.mail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a mailbox the author of a message, for a transport with {@code rewrite=from}: Exchange Online lets a mailbox
 * send as itself only (5.7.60 SendAsDenied otherwise). From becomes the mailbox under the author's display name; the
 * original From goes, byte for byte, to Reply-To unless there is one; Sender goes. A signed message is never altered,
 * since that would break its signature: the result says so, and Exchange decides.
 */
public final class SenderRewrite {
    private static final Set<String> SIGNED_TYPES =
            Set.of("multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime");

    private SenderRewrite() {}

    /** What became of a message. */
    public enum Status {
        REWRITTEN,
        /** The mailbox is the author already. */
        UNCHANGED,
        /** S/MIME, PGP/MIME or DKIM: left as it is. */
        SKIPPED_SIGNED
    }

    /**
     * @param content the message to send
     * @param detail for the log, such as {@code skipped: signed (multipart/signed)}
     */
    public record Result(MailContent content, Status status, String detail) {}

    /**
     * @param mailbox the address that sends, already checked
     * @throws RefusedMessageException 552 5.3.4 for too large a header
     */
    public static Result rewrite(MailContent content, String mailbox) throws IOException, RefusedMessageException {
        HeaderBlock header = HeaderBlock.parse(content);
        List<MailAddress> authors = header.addresses("From");
        boolean same = only(mailbox, authors);
        if (same && (!header.has("Sender") || only(mailbox, header.addresses("Sender")))) {
            return new Result(content, Status.UNCHANGED, "unchanged: From is the mailbox");
        }
        Optional<String> signature = signature(header);
        if (signature.isPresent()) {
            return new Result(content, Status.SKIPPED_SIGNED, "skipped: signed (" + signature.get() + ")");
        }
        HeaderEdit edit = header.edit().remove("Sender");
        MailContent changed = (same ? edit : edit(edit, header, authors, mailbox)).toContent();
        return new Result(changed, Status.REWRITTEN, "From is now " + mailbox);
    }

    private static boolean only(String mailbox, List<MailAddress> addresses) {
        return addresses.size() == 1 && addresses.get(0).address().equalsIgnoreCase(mailbox);
    }

    private static HeaderEdit edit(HeaderEdit edit, HeaderBlock header, List<MailAddress> authors, String mailbox) {
        var fields = new ByteArrayOutputStream();
        fields.writeBytes(TraceFields.bytes("From: " + name(authors) + "<" + mailbox + ">\r\n"));
        List<HeaderField> from = header.all("From");
        if (from.isEmpty()) {
            return edit.prepend(fields.toByteArray());
        }
        if (!header.has("Reply-To") && !authors.isEmpty()) {
            fields.writeBytes(TraceFields.bytes("Reply-To:"));
            fields.writeBytes(from.get(0).rawBytes());
            fields.writeBytes(TraceFields.bytes("\r\n"));
        }
        edit.remove("From");
        return edit.replace(from.get(0), fields.toByteArray());
    }

    /** The first author's display name, or the part before the at sign where there is none, and a blank. */
    private static String name(List<MailAddress> authors) {
        if (authors.isEmpty()) {
            return "";
        }
        MailAddress first = authors.get(0);
        int at = first.address().lastIndexOf('@');
        String name =
                first.display() != null ? first.display() : first.address().substring(0, Math.max(at, 0));
        return name.isEmpty() ? "" : DisplayText.phrase(name) + " ";
    }

    /** What is signed or encrypted about the message, or empty. */
    public static Optional<String> signature(HeaderBlock header) {
        if (header.has("DKIM-Signature")) {
            return Optional.of("DKIM-Signature");
        }
        return header.all("Content-Type").stream()
                .map(f -> mediaType(f.unfolded()))
                .filter(SIGNED_TYPES::contains)
                .findFirst();
    }

    /** {@code type/subtype} in lower case, without parameters, comments and blanks (RFC 2045 section 5.1). */
    public static String mediaType(String value) {
        var out = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < value.length() && (depth > 0 || value.charAt(i) != ';'); i++) {
            char c = value.charAt(i);
            depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
            if (depth == 0 && c > ' ' && c != ')') {
                out.append(c);
            }
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }
}
