package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import io.m365mail.mail.AddressTable;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.SenderRewrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a rule makes of From, Sender and Reply-To. Display names stay. */
final class SenderFields {
    private static final List<String> MAPPED = List.of("From", "Sender", "Reply-To");

    private final ImpossibleSender impossible;

    SenderFields(ImpossibleSender impossible) {
        this.impossible = impossible;
    }

    /** @param header of the message, alone */
    MailContent apply(RewriteRule.Senders rule, MailContent header) throws IOException, RefusedMessageException {
        MailContent now = rule.map() == null ? header : mapped(rule.map(), header);
        if (rule.forced() != null) {
            now = SenderRewrite.rewrite(now, rule.forced()).content();
        } else if (rule.fallback() != null) {
            now = withFallback(rule.fallback(), now);
        }
        return rule.replyTo() == null ? now : withReplyTo(rule.replyTo(), now);
    }

    private static MailContent mapped(AddressTable map, MailContent content)
            throws IOException, RefusedMessageException {
        HeaderBlock header = HeaderBlock.parse(content);
        var edit = header.edit();
        for (String name : MAPPED) {
            for (HeaderField field : header.all(name)) {
                boolean changed = false;
                List<MailAddress> now = new ArrayList<>();
                for (MailAddress a : io.m365mail.mail.AddressList.parse(field.unfolded())) {
                    AddressTable.Found found = a.address().isEmpty() ? null : map.find(a.address());
                    changed |= found != null;
                    now.add(
                            found == null
                                    ? a
                                    : new MailAddress(
                                            a.display(), found.addresses().get(0)));
                }
                if (changed) {
                    edit.replace(field, HeaderText.addresses(field.name(), now));
                }
            }
        }
        return edit.toContent();
    }

    private MailContent withFallback(String fallback, MailContent content) throws IOException, RefusedMessageException {
        HeaderBlock header = HeaderBlock.parse(content);
        List<MailAddress> authors = header.addresses("From");
        if (authors.stream().anyMatch(a -> !impossible.is(a.address()))) {
            return content;
        }
        var edit = header.edit();
        byte[] from = HeaderText.addresses("From", List.of(new MailAddress(name(authors), fallback)));
        List<HeaderField> fields = header.all("From");
        if (fields.isEmpty()) {
            return edit.prepend(from).toContent();
        }
        return edit.remove("From").replace(fields.get(0), from).toContent();
    }

    /** The author's display name; else what stands before the at sign says more than nothing. */
    private static String name(List<MailAddress> authors) {
        if (authors.isEmpty()) {
            return null;
        }
        MailAddress first = authors.get(0);
        int at = first.address().lastIndexOf('@');
        return first.display() != null
                ? first.display()
                : at < 0 ? first.address() : first.address().substring(0, at);
    }

    private static MailContent withReplyTo(String address, MailContent content)
            throws IOException, RefusedMessageException {
        HeaderBlock header = HeaderBlock.parse(content);
        byte[] replyTo = HeaderText.addresses("Reply-To", List.of(new MailAddress(null, address)));
        List<HeaderField> fields = header.all("Reply-To");
        var edit = header.edit();
        return (fields.isEmpty()
                        ? edit.prepend(replyTo)
                        : edit.remove("Reply-To").replace(fields.get(0), replyTo))
                .toContent();
    }
}
