package io.m365mail.source.mailbox;

import io.m365mail.config.SourceConfig;
import io.m365mail.mail.AddressPatterns;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.Recipient;
import java.util.List;
import java.util.stream.Stream;

/**
 * The envelope of mail that is passed on. The recipients are the configured ones; the message's own (To and Cc) only
 * where the configuration says so, and of those only the allowed ones, never the mailbox itself. The sender is the
 * configured one; the message's own (From) only where the configuration says so.
 */
final class ForwardEnvelope {
    private final SourceConfig.Forward rule;
    private final String mailbox;
    private final AddressPatterns allowed;

    ForwardEnvelope(SourceConfig.Forward rule, String mailbox) {
        this.rule = rule;
        this.mailbox = mailbox;
        this.allowed = AddressPatterns.of(rule.recipients());
    }

    /** Null where the message names nobody who may get it, or no sender that can be used. */
    Envelope of(HeaderBlock header) {
        List<String> to = rule.toHeader() ? own(header) : rule.to();
        String from = rule.from() != null ? rule.from() : author(header);
        if (to.isEmpty() || from == null) {
            return null;
        }
        boolean ascii = Addresses.isAscii(from) && to.stream().allMatch(Addresses::isAscii);
        return new Envelope(from, to.stream().map(Recipient::of).toList(), !ascii, !ascii, null, null);
    }

    /** Why there is no envelope. */
    String problem(String source) {
        return "its header has nobody who may get it (m365.source." + source + ".recipients)"
                + (rule.from() == null ? ", or no From that is an address" : "");
    }

    private List<String> own(HeaderBlock header) {
        return Stream.of("To", "Cc")
                .flatMap(field -> header.addresses(field).stream())
                .map(MailAddress::address)
                .filter(a -> Addresses.isValid(a) && allowed.matches(a) && !a.equalsIgnoreCase(mailbox))
                .distinct()
                .toList();
    }

    private static String author(HeaderBlock header) {
        return header.addresses("From").stream()
                .map(MailAddress::address)
                .filter(Addresses::isValid)
                .findFirst()
                .orElse(null);
    }
}
