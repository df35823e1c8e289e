package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import io.m365mail.mail.AddressTable;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.Recipient;
import java.util.ArrayList;
import java.util.List;

/** The rules that match one message, and what they make of its envelope. */
public final class Matching {
    private final List<CompiledRule> rules;
    private final ImpossibleSender impossible;

    Matching(List<CompiledRule> rules, ImpossibleSender impossible) {
        this.rules = rules;
        this.impossible = impossible;
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Those that change header or body of a message for these recipients. */
    List<RewriteRule> ofContent(List<Recipient> recipients) {
        return rules.stream()
                .filter(r -> r.rule().changesContent() && r.concerns(recipients))
                .map(CompiledRule::rule)
                .toList();
    }

    ImpossibleSender impossible() {
        return impossible;
    }

    /** True where bare LF and CR in the data are mended. */
    public boolean repairsLineEnds() {
        return rules.stream().anyMatch(r -> r.rule().repairs().contains(RewriteRule.Repair.LINE_ENDS));
    }

    /**
     * What becomes of an address of the envelope.
     *
     * @param addresses one for a sender
     * @param byRule a rule names these addresses itself, so that they are the administrator's choice and not the
     *     submitter's; false for what is unchanged, and where a pattern keeps a part of what the submitter said
     */
    public record Result(List<String> addresses, boolean byRule) {
        public String address() {
            return addresses.get(0);
        }
    }

    /** The envelope sender that the message will have. */
    public Result sender(String said) {
        String now = said;
        boolean byRule = false;
        for (CompiledRule matching : rules) {
            RewriteRule.Senders senders = matching.rule().senders();
            AddressTable.Found found = senders.map() == null || now.isEmpty()
                    ? null
                    : senders.map().find(now);
            if (found != null) {
                now = found.addresses().get(0);
                byRule = found.fixed();
            }
            if (senders.forced() != null) {
                now = senders.forced();
                byRule = true;
            } else if (senders.fallback() != null && impossible.is(now)) {
                now = senders.fallback();
                byRule = true;
            }
        }
        return new Result(List.of(now), byRule);
    }

    /** The recipients that one named by the submitter stands for. */
    public Result recipient(String said) {
        List<String> now = List.of(said);
        boolean byRule = false;
        for (CompiledRule matching : rules) {
            AddressTable aliases = matching.rule().aliases();
            if (aliases == null) {
                continue;
            }
            List<String> next = new ArrayList<>();
            boolean allByRule = true;
            for (String address : now) {
                AddressTable.Found found = aliases.expand(address);
                next.addAll(found == null ? List.of(address) : found.addresses());
                allByRule &= found == null ? byRule : found.fixed();
            }
            now = next;
            byRule = allByRule;
        }
        return new Result(now, byRule);
    }

    /** @param keepSender a report has to keep its null sender, or it could be answered by another (RFC 3464) */
    Envelope envelope(Envelope said, boolean keepSender) {
        List<Recipient> recipients = new ArrayList<>();
        for (Recipient r : said.recipients()) {
            for (String address : recipient(r.address()).addresses()) {
                recipients.add(address.equals(r.address()) ? r : new Recipient(address, r.dsn(), r.orcpt()));
            }
        }
        return (keepSender ? said : said.withFrom(sender(said.from()).address())).withRecipients(recipients);
    }
}
