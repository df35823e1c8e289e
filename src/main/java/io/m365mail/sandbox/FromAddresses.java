package io.m365mail.sandbox;

import io.m365mail.mail.Addresses;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a From or Sender field (RFC 5322 section 3.4, without groups) as strictly as Exchange Online's submission has
 * done since 2018: an address with a display name stands in angle brackets, and an unquoted {@code @} has no place in a
 * display name.
 */
final class FromAddresses {
    private FromAddresses() {}

    /** The addresses in their order; an empty list where the field is malformed. */
    static List<String> parse(String field) {
        var addresses = new ArrayList<String>();
        List<String> mailboxes = split(field);
        for (String mailbox : mailboxes) {
            String address = address(mailbox.strip());
            if (address == null) {
                return List.of();
            }
            addresses.add(address);
        }
        return addresses;
    }

    private static String address(String mailbox) {
        int open = mailbox.indexOf('<');
        String address = mailbox;
        if (open >= 0) {
            if (!mailbox.endsWith(">") || mailbox.substring(0, open).contains("@")) {
                return null;
            }
            address = mailbox.substring(open + 1, mailbox.length() - 1).strip();
        }
        return Addresses.isValid(address) ? address : null;
    }

    /** The mailboxes between top-level commas, without comments and with quoted display names blanked out. */
    private static List<String> split(String field) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        int comment = 0;
        boolean inAngle = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (comment > 0) {
                i += c == '\\' ? 1 : 0;
                comment += c == '(' ? 1 : c == ')' ? -1 : 0;
            } else if (c == '(') {
                comment = 1;
            } else if (c == '"') {
                int end = endOfQuoted(field, i);
                boolean localPart = inAngle || end + 1 < field.length() && field.charAt(end + 1) == '@';
                part.append(localPart ? field.substring(i, Math.min(end + 1, field.length())) : "");
                i = end;
            } else if (c == ',' && !inAngle) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                inAngle = c == '<' || inAngle && c != '>';
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static int endOfQuoted(String field, int start) {
        int i = start + 1;
        while (i < field.length() && field.charAt(i) != '"') {
            i += field.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
