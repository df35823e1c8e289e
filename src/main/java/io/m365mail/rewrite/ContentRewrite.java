package io.m365mail.rewrite;

import io.m365mail.config.ProtectedHeaders;
import io.m365mail.config.RewriteRule;
import io.m365mail.mail.AddressPatterns;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderEdit;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.SplicedContent;
import io.m365mail.mail.SplicedContent.Splice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Applies rules to header and body of one message. A signed or encrypted message (S/MIME, PGP, DKIM) is left as it is,
 * byte for byte. Otherwise only what a rule names is written anew; the body lies where it lay, with the footer as a
 * splice. Used once, by one thread.
 */
final class ContentRewrite {
    private final List<RewriteRule> rules;
    private final SenderFields senders;
    private final List<String> notes = new ArrayList<>();
    private MailContent header;

    ContentRewrite(List<RewriteRule> rules, ImpossibleSender impossible) {
        this.rules = rules;
        this.senders = new SenderFields(impossible);
    }

    /**
     * @param content the same where nothing was to change
     * @param signature why nothing was changed, or null
     * @param notes what a rule could not do, for the log
     */
    record Result(MailContent content, String signature, List<String> notes) {}

    Result apply(HeaderBlock before) throws IOException, RefusedMessageException {
        MailContent body = before.body();
        LeadingText.Result text = LeadingText.find(before, body);
        String signature = Signed.by(before, text, body);
        if (signature != null) {
            return new Result(before.content(), signature, notes);
        }
        MailContent old = before.alone();
        header = old;
        for (RewriteRule rule : rules) {
            header = HeaderRepair.apply(rule.repairs(), header);
            header = senders.apply(rule.senders(), header);
            header = fields(rule.fields(), header);
        }
        MailContent changed = footers(text.parts(), body);
        return header == old && changed == body
                ? new Result(before.content(), null, notes)
                : new Result(changed.withPrefix(header.toBytes()), null, notes);
    }

    private static MailContent fields(RewriteRule.Fields rule, MailContent content)
            throws IOException, RefusedMessageException {
        MailContent now = rule.remove().isEmpty() ? content : without(rule.remove(), content);
        for (Map.Entry<String, String> set : rule.set().entrySet()) {
            now = set(set.getKey(), set.getValue(), now);
        }
        for (Map.Entry<String, String> add : rule.add().entrySet()) {
            HeaderBlock block = HeaderBlock.parse(now);
            if (!block.has(add.getKey())) {
                now = block.edit()
                        .prepend(HeaderText.field(add.getKey(), add.getValue()))
                        .toContent();
            }
        }
        if (rule.subjectPrefix() != null) {
            HeaderBlock block = HeaderBlock.parse(now);
            HeaderEdit edit = block.edit();
            now = SubjectPrefix.add(rule.subjectPrefix(), block, edit) ? edit.toContent() : now;
        }
        return now;
    }

    private static MailContent without(List<String> names, MailContent content)
            throws IOException, RefusedMessageException {
        HeaderBlock block = HeaderBlock.parse(content);
        HeaderEdit edit = block.edit();
        for (HeaderField field : block.fields()) {
            if (names.stream().anyMatch(p -> matches(p, field))) {
                edit.remove(field);
            }
        }
        return edit.toContent();
    }

    /** A star never takes what a rule may not name. */
    private static boolean matches(String pattern, HeaderField field) {
        return ProtectedHeaders.why(field.name()) == null
                && AddressPatterns.glob(
                        pattern.toLowerCase(Locale.ROOT), field.name().toLowerCase(Locale.ROOT));
    }

    private static MailContent set(String name, String value, MailContent content)
            throws IOException, RefusedMessageException {
        HeaderBlock block = HeaderBlock.parse(content);
        byte[] field = HeaderText.field(name, value);
        List<HeaderField> old = block.all(name);
        HeaderEdit edit = block.edit();
        return (old.isEmpty() ? edit.prepend(field) : edit.remove(name).replace(old.get(0), field)).toContent();
    }

    /** Footers of several rules stand below each other: each finds the parts where the one before has left them. */
    private MailContent footers(List<TextPart> parts, MailContent body) throws IOException, RefusedMessageException {
        MailContent now = body;
        List<TextPart> where = parts;
        for (RewriteRule rule : rules) {
            if (rule.footer() == null) {
                continue;
            }
            if (now != body) {
                where = LeadingText.find(HeaderBlock.parse(header), now).parts();
            }
            now = footer(rule, where, now);
        }
        return now;
    }

    private MailContent footer(RewriteRule rule, List<TextPart> parts, MailContent body)
            throws IOException, RefusedMessageException {
        var footer = new Footer(body);
        if (parts.isEmpty()) {
            notes.add("no footer of rule " + rule.number() + ": the message has no text of its own");
        }
        for (TextPart part : parts) {
            try {
                footer.add(rule.footer(), part);
            } catch (Footer.NoPlaceException e) {
                notes.add("no footer of rule " + rule.number() + " in the " + (part.isHtml() ? "HTML" : "text")
                        + " part: " + e.getMessage());
            }
        }
        if (footer.newEncodingField() != null) {
            header = withEncoding(header, footer.newEncodingField());
        }
        List<Splice> splices = footer.splices();
        return SplicedContent.of(body, splices);
    }

    private static MailContent withEncoding(MailContent header, byte[] field)
            throws IOException, RefusedMessageException {
        HeaderBlock block = HeaderBlock.parse(header);
        List<HeaderField> old = block.all("Content-Transfer-Encoding");
        HeaderEdit edit = block.edit();
        return (old.isEmpty()
                        ? edit.prepend(field)
                        : edit.remove("Content-Transfer-Encoding").replace(old.get(0), field))
                .toContent();
    }
}
