package io.m365mail.source.database;

import io.m365mail.compose.Attachment;
import io.m365mail.compose.MessageComposer;
import io.m365mail.compose.NewMessage;
import io.m365mail.mail.AddressList;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The message that a row describes. Every mistake in a row is a refusal that names the column. */
final class RowMessage {
    private static final int ORDINARY_PRIORITY = 4;

    private final OutboxRow row;
    private final MailAddress from;
    private final List<MailAddress> to;
    private final List<MailAddress> cc;
    private final List<MailAddress> bcc;

    RowMessage(OutboxRow row) {
        this.row = row;
        List<MailAddress> senders = addresses("sender", row.sender());
        if (senders.size() != 1) {
            throw refused("sender must be one address");
        }
        from = senders.get(0);
        to = addresses("recipients", row.recipients());
        cc = addresses("cc", row.cc());
        bcc = addresses("bcc", row.bcc());
        if (to.isEmpty() && cc.isEmpty() && bcc.isEmpty()) {
            throw refused("there is no recipient: recipients, cc and bcc are empty");
        }
    }

    private static RefusedMessageException refused(String reason) {
        return new RefusedMessageException(550, "5.6.0", reason);
    }

    private static List<MailAddress> addresses(String column, String value) {
        List<MailAddress> list = value == null ? List.of() : AddressList.parse(text(column, value));
        for (MailAddress a : list) {
            String problem = Addresses.problem(a.address());
            if (problem != null) {
                throw refused(column + ": " + shown(a.address()) + ": " + problem);
            }
        }
        return list;
    }

    private static String shown(String address) {
        String clean = address.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 77) + "...";
    }

    /** All recipients, hidden ones too, each once. */
    Envelope envelope() {
        var unique = new LinkedHashMap<String, String>();
        Stream.of(to, cc, bcc).flatMap(List::stream).map(MailAddress::address).forEach(a -> {
            int at = a.lastIndexOf('@');
            unique.putIfAbsent(a.substring(0, at) + "@" + Addresses.domain(a), a);
        });
        Envelope envelope = Envelope.of(from.address(), List.copyOf(unique.values()));
        boolean utf8 = Stream.concat(Stream.of(from.address()), unique.values().stream())
                .anyMatch(a -> !Addresses.isAscii(a));
        return utf8 ? new Envelope(envelope.from(), envelope.recipients(), true, true, null, null) : envelope;
    }

    int priority() {
        int priority = row.priority() == null ? ORDINARY_PRIORITY : row.priority();
        if (priority < 0 || priority > 9) {
            throw refused("priority must be 0 to 9, not " + priority);
        }
        return priority;
    }

    MailContent content(List<Attachment> attachments, MessageComposer composer) throws IOException {
        NewMessage message;
        try {
            message = new NewMessage(
                    from,
                    to,
                    cc,
                    List.of(),
                    text("subject", row.subject()),
                    text("text_body", row.text()),
                    text("html_body", row.html()),
                    attachments,
                    headers());
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
        return composer.compose(message);
    }

    /** One {@code Name: value} a line; which names are allowed, {@link NewMessage} knows. */
    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        String lines = row.headers() == null ? "" : text("headers", row.headers());
        for (String line : lines.lines().toList()) {
            int colon = line.indexOf(':');
            if (line.isBlank()) {
                continue;
            }
            if (colon <= 0) {
                throw refused("headers must have one \"Name: value\" a line");
            }
            headers.put(
                    line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
        return headers;
    }

    /**
     * Half a surrogate pair has no UTF-8: it would go out as a question mark. A NUL stands in no message (RFC 5322 section
     * 3.5), and an address would be another one without it.
     */
    private static String text(String column, String value) {
        if (value != null && value.indexOf('\0') >= 0) {
            throw refused(column + " has a NUL character");
        }
        if (value != null && !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw refused(column + " is not valid Unicode");
        }
        return value;
    }
}
