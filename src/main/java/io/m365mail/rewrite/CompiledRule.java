package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import io.m365mail.mail.AddressPatterns;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.server.ClientNetworks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A rule with its conditions ready to be asked; null conditions match everything. */
record CompiledRule(RewriteRule rule, AddressPatterns from, AddressPatterns to, ClientNetworks networks) {
    static CompiledRule of(RewriteRule rule) {
        RewriteRule.Conditions when = rule.when();
        return new CompiledRule(
                rule,
                when.from() == null ? null : AddressPatterns.of(when.from()),
                when.to() == null ? null : AddressPatterns.of(when.to()),
                when.networks() == null ? null : new ClientNetworks(when.networks()));
    }

    /** All that is known at MAIL. */
    boolean matches(String source, InetAddress client, String sender) {
        return (rule.when().source() == null || rule.when().source().equals(source))
                && (from == null || from.matches(sender))
                && (networks == null || client != null && networks.contains(new InetSocketAddress(client, 0)));
    }

    /** One of the recipients, as they are after aliases, is one that the rule is about. */
    boolean concerns(List<Recipient> recipients) {
        return to == null || recipients.stream().anyMatch(r -> to.matches(r.address()));
    }
}
