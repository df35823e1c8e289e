package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * The {@code m365.rewrite.<n>} rules. Every rule whose conditions match what the submitter handed in is applied, in the
 * order of the numbers, each to what the one before has made: they do different things (a sender here, a footer there),
 * so the first match alone would make users repeat themselves. A rule's conditions never see another rule's result, so
 * no rule can set off another. Pure and immutable: the same question always has the same answer, so that SMTP may ask at
 * MAIL and RCPT and the intake again.
 */
public final class RewriteRules {
    private final List<CompiledRule> rules;
    private final ImpossibleSender impossible;

    /** @param ofTenant says which domains are the tenant's: these are never impossible */
    public RewriteRules(List<RewriteRule> rules, Predicate<String> ofTenant) {
        this.rules = rules.stream().map(CompiledRule::of).toList();
        this.impossible = new ImpossibleSender(ofTenant);
    }

    public static RewriteRules none() {
        return new RewriteRules(List.of(), domain -> false);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /**
     * What is to be done with a message.
     *
     * @param client of an SMTP session, or null
     * @param from the envelope sender as the submitter named it
     */
    public Matching matching(String source, InetAddress client, String from) {
        return new Matching(
                rules.isEmpty()
                        ? List.of()
                        : rules.stream()
                                .filter(r -> r.matches(source, client, from))
                                .toList(),
                impossible);
    }
}
