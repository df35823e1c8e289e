package io.m365mail.bounce;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The groups of fields of a {@code message/delivery-status} (RFC 3464 section 2.1): the first is about the message, each
 * further one about a recipient.
 */
final class StatusFields {
    /** Possessive, and without a group that repeats: a million blank lines must not fill the stack. */
    private static final Pattern BLANK_LINE = Pattern.compile("\\r?\\n[ \\t]*+\\r?\\n");

    private static final int MAX_ADDRESS = 320;
    private static final int MAX_DIAGNOSTIC = 500;

    private StatusFields() {}

    static List<DeliveryReport.Told> recipients(byte[] body) throws IOException {
        var told = new ArrayList<DeliveryReport.Told>();
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (String fields : BLANK_LINE.split(text, ReportReader.MAX_RECIPIENTS + 2)) {
            if (told.size() < ReportReader.MAX_RECIPIENTS) {
                recipient(fields.getBytes(StandardCharsets.ISO_8859_1)).ifPresent(told::add);
            }
        }
        return told;
    }

    private static Optional<DeliveryReport.Told> recipient(byte[] fields) throws IOException {
        HeaderBlock group;
        try {
            group = HeaderBlock.parse(MailContent.of(fields));
        } catch (RefusedMessageException e) {
            return Optional.empty();
        }
        List<String> addresses = Stream.of("Original-Recipient", "Final-Recipient")
                .map(name -> address(group, name))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        String action = value(group, "Action");
        return addresses.isEmpty() || action == null
                ? Optional.empty()
                : Optional.of(new DeliveryReport.Told(
                        addresses, clean(action.split("[ (;]", 2)[0], 20), status(group), diagnostic(group)));
    }

    /** {@code rfc822; user@example.com}; other types of address are none of ours. */
    private static String address(HeaderBlock group, String name) {
        String value = value(group, name);
        if (value == null) {
            return null;
        }
        int semicolon = value.indexOf(';');
        String type = value.substring(0, Math.max(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        String address = value.substring(semicolon + 1).strip();
        if (address.startsWith("<") && address.endsWith(">")) {
            address = address.substring(1, address.length() - 1);
        }
        boolean mail = type.isEmpty() || type.equals("rfc822") || type.equals("utf-8");
        return mail && !address.isEmpty() && address.length() <= MAX_ADDRESS ? address : null;
    }

    private static String status(HeaderBlock group) {
        String value = value(group, "Status");
        return value != null && value.matches("[245]\\.\\d{1,3}\\.\\d{1,3}.*")
                ? value.replaceAll("[^\\d.].*", "")
                : null;
    }

    /** {@code smtp; 550 5.1.1 …} */
    private static String diagnostic(HeaderBlock group) {
        String value = value(group, "Diagnostic-Code");
        if (value == null) {
            return null;
        }
        String text = clean(value.substring(value.indexOf(';') + 1), MAX_DIAGNOSTIC);
        return text.isEmpty() ? null : text;
    }

    private static String value(HeaderBlock group, String name) {
        return group.first(name).map(HeaderField::unfolded).orElse(null);
    }

    /** On one line, and not at any length. */
    static String clean(String text, int max) {
        String line = text.replaceAll("[\\s\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return line.length() > max ? line.substring(0, max) + "…" : line;
    }
}
