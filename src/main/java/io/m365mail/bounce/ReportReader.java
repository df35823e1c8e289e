package io.m365mail.bounce;

import io.m365mail.mail.Enrichment;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a delivery status notification (RFC 3464, and RFC 6533 for addresses that are not ASCII; Exchange Online's are of
 * this form) by one pass over its first mebibyte, whatever it holds: at most {@value MAX_PARTS} parts of the outer
 * multipart, none of them opened further, and at most {@value MAX_RECIPIENTS} recipients. Jakarta Mail would make some
 * forty objects for each part of a message that a stranger wrote.
 */
public final class ReportReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_PARTS = 10;
    private static final int MAX_IDS = 20;
    static final int MAX_RECIPIENTS = 1000;

    /** Without control characters: PostgreSQL refuses a question with a NUL in it. */
    private static final Pattern MESSAGE_ID = Pattern.compile("<[^<>\\s\\p{Cntrl}]{1,298}>");

    private static final Pattern STATUS_TYPE = Pattern.compile("message/(global-)?delivery-status");
    private static final Pattern RETURNED_TYPE =
            Pattern.compile("message/rfc822|text/rfc822-headers|message/global(-headers)?");

    private ReportReader() {}

    /** Whether the header says that a delivery report follows. */
    public static boolean isReport(HeaderBlock header) {
        MediaType type = MediaType.of(header);
        return type.is("multipart/report")
                && "delivery-status".equalsIgnoreCase(type.parameter("report-type", "delivery-status"));
    }

    /** Null for what cannot be read as one. */
    public static DeliveryReport read(HeaderBlock header) throws IOException {
        byte[] bytes = header.content().head(MAX_BYTES);
        String boundary = MediaType.of(header).parameter("boundary", null);
        if (boundary == null || boundary.isEmpty()) {
            return null;
        }
        List<DeliveryReport.Told> told = List.of();
        var ids = new ArrayList<String>();
        var messageIds = new ArrayList<String>();
        for (MailContent part : parts(bytes, header.bodyStart(), boundary)) {
            HeaderBlock partHeader = headerOf(part);
            MediaType type = MediaType.of(partHeader);
            if (told.isEmpty() && type.matches(STATUS_TYPE)) {
                told = StatusFields.recipients(body(partHeader));
            } else if (type.matches(RETURNED_TYPE)) {
                HeaderBlock returned = headerOf(MailContent.of(body(partHeader)));
                returned.all(Enrichment.ID_HEADER).stream()
                        .map(f -> f.unfolded().strip())
                        .filter(id -> id.matches("[\\x21-\\x7e]{1,64}"))
                        .limit(MAX_IDS)
                        .forEach(ids::add);
                messageIds.addAll(messageIds(returned, "Message-ID"));
            }
        }
        messageIds.addAll(messageIds(header, "In-Reply-To", "References"));
        String from = header.first("From").map(HeaderField::decoded).orElse("nobody");
        return told.isEmpty() ? null : new DeliveryReport(ids, messageIds, told, StatusFields.clean(from, 100));
    }

    private static HeaderBlock headerOf(MailContent part) throws IOException {
        try {
            return HeaderBlock.parse(part);
        } catch (RefusedMessageException e) {
            // Larger than a header may be: a part without a type.
            return HeaderBlock.parse(MailContent.of(new byte[0]));
        }
    }

    private static List<MailContent> parts(byte[] bytes, int from, String boundary) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String delimiter = "\r\n--" + boundary;
        var parts = new ArrayList<MailContent>();
        // The first delimiter may stand at the very beginning of the body, its line break in front of it.
        int start = -1;
        for (int at = text.indexOf(delimiter, Math.max(0, from - 2));
                at >= 0 && parts.size() < MAX_PARTS;
                at = text.indexOf(delimiter, at + 2)) {
            int after = at + delimiter.length();
            int lineEnd = text.indexOf("\r\n", after);
            String rest =
                    text.substring(after, lineEnd < 0 ? text.length() : lineEnd).strip();
            boolean last = rest.equals("--");
            if (!last && !rest.isEmpty()) {
                continue; // a longer boundary, of an inner multipart
            }
            if (start >= 0) {
                parts.add(MailContent.of(bytes, start, Math.max(start, at) - start));
            }
            start = lineEnd < 0 ? text.length() : lineEnd + 2;
            if (last) {
                return parts;
            }
        }
        if (start >= 0 && parts.size() < MAX_PARTS) {
            parts.add(MailContent.of(bytes, start, bytes.length - start));
        }
        return parts;
    }

    private static byte[] body(HeaderBlock part) throws IOException {
        byte[] all = part.content().toBytes();
        var raw = new ByteArrayInputStream(all, part.bodyStart(), all.length - part.bodyStart());
        String encoding = part.first("Content-Transfer-Encoding")
                .map(f -> f.unfolded().strip().toLowerCase(Locale.ROOT))
                .orElse("7bit");
        if (!encoding.equals("base64") && !encoding.equals("quoted-printable")) {
            return raw.readAllBytes();
        }
        try {
            return MimeUtility.decode(raw, encoding).readAllBytes();
        } catch (MessagingException | IOException e) {
            return new byte[0];
        }
    }

    private static List<String> messageIds(HeaderBlock header, String... fields) {
        var found = new ArrayList<String>();
        Stream.of(fields).flatMap(name -> header.all(name).stream()).forEach(field -> {
            Matcher m = MESSAGE_ID.matcher(field.unfolded());
            while (m.find() && found.size() < MAX_IDS) {
                found.add(m.group());
            }
        });
        return found;
    }
}
