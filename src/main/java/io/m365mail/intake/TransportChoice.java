package io.m365mail.intake;

import io.m365mail.config.BundleConfig.Rule;
import io.m365mail.config.TransportConfig;
import io.m365mail.mail.AddressPatterns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which transport carries a message to a recipient: the first {@code m365.route.<n>} whose conditions all match,
 * else the mailbox transport that the sender may use. A mailbox of the sender's own comes before one that many senders
 * share. Pure and immutable: the same question always has the same answer, so a source may ask it at RCPT and the intake
 * again.
 */
public final class TransportChoice {
    private final List<CompiledRule> rules = new ArrayList<>();
    private final Map<String, TransportConfig> transports = new LinkedHashMap<>();
    private final Map<String, AddressPatterns> senders = new LinkedHashMap<>();

    public TransportChoice(List<TransportConfig> transports, List<Rule> rules) {
        transports.forEach(t -> {
            this.transports.put(t.name(), t);
            if (t instanceof TransportConfig.SmtpAuth auth) {
                senders.put(t.name(), AddressPatterns.of(auth.senders()));
            }
        });
        rules.forEach(r -> this.rules.add(new CompiledRule(
                r,
                r.from() == null ? null : AddressPatterns.of(r.from()),
                r.to() == null ? null : AddressPatterns.of(r.to()))));
    }

    /** A transport, or the reason why there is none. */
    public record Chosen(TransportConfig transport, String reason) {}

    public Chosen choose(String source, String from, String to, int priority) {
        for (CompiledRule rule : rules) {
            if (rule.matches(source, from, to, priority)) {
                return checked(rule.rule().number(), transports.get(rule.rule().transport()), from);
            }
        }
        TransportConfig shared = null;
        for (TransportConfig t : transports.values()) {
            if (t instanceof TransportConfig.SmtpAuth auth) {
                if (auth.mailbox().equalsIgnoreCase(from)) {
                    return new Chosen(t, null);
                }
                if (shared == null && senders.get(t.name()).matches(from)) {
                    shared = t;
                }
            }
        }
        if (shared != null) {
            return new Chosen(shared, null);
        }
        return new Chosen(
                null,
                "no transport carries mail from <" + from + "> to <" + to
                        + ">: add the sender to m365.transport.<name>.senders of a mailbox that may send for it,"
                        + " or add a rule m365.route.<n>");
    }

    /** A rule may name a mailbox, but cannot make it carry a sender that it may not send for. */
    private Chosen checked(int rule, TransportConfig transport, String from) {
        if (transport instanceof TransportConfig.SmtpAuth auth
                && !auth.mailbox().equalsIgnoreCase(from)
                && !senders.get(auth.name()).matches(from)) {
            return new Chosen(
                    null,
                    "m365.route." + rule + " names transport " + auth.name() + ", which may not send for <" + from
                            + ">: add the sender to m365.transport." + auth.name() + ".senders");
        }
        return new Chosen(transport, null);
    }

    private record CompiledRule(Rule rule, AddressPatterns from, AddressPatterns to) {
        boolean matches(String source, String sender, String recipient, int priority) {
            return (from == null || from.matches(sender))
                    && (to == null || to.matches(recipient))
                    && (rule.source() == null || rule.source().equals(source))
                    && (rule.priority() == null || rule.priority() == priority);
        }
    }
}
