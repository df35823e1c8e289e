package io.m365mail.intake;

import io.m365mail.config.BundleConfig.Rule;
import io.m365mail.config.TransportConfig;
import io.m365mail.config.TransportConfig.DirectSend;
import io.m365mail.config.TransportConfig.Relay;
import io.m365mail.config.TransportConfig.SmtpAuth;
import io.m365mail.config.TransportRules;
import io.m365mail.mail.AddressPatterns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which transport carries a message to a recipient: the first {@code m365.route.<n>} whose conditions all match,
 * else the mailbox transport that the sender may use (one of its own before one that many share), else direct send for
 * recipients in the tenant, else a relay. A message for more recipients than a mailbox takes in one goes by direct send
 * or relay where they can carry it. A {@code server} is chosen by a rule only. The same question has the same
 * answer, so a source may ask it at RCPT and the intake again; only a file of patterns that was edited in between changes it.
 */
public final class TransportChoice {
    private final List<CompiledRule> rules = new ArrayList<>();
    private final Map<String, TransportConfig> transports = new LinkedHashMap<>();
    private final Map<String, AddressPatterns> senders = new LinkedHashMap<>();

    public TransportChoice(List<TransportConfig> transports, List<Rule> rules) {
        transports.forEach(t -> {
            this.transports.put(t.name(), t);
            if (t instanceof SmtpAuth auth) {
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

    /** Null where none is configured by that name. */
    public TransportConfig transport(String name) {
        return transports.get(name);
    }

    /** For a message whose number of recipients is not known yet. */
    public Chosen choose(String source, String from, String to, int priority) {
        return choose(source, from, to, priority, 1);
    }

    /** @param recipients of the whole message */
    public Chosen choose(String source, String from, String to, int priority, int recipients) {
        for (CompiledRule rule : rules) {
            if (rule.matches(source, from, to, priority)) {
                return checked(rule.rule().number(), transports.get(rule.rule().transport()), from, to);
            }
        }
        SmtpAuth mailbox = mailbox(from, to);
        TransportConfig mx = mailbox == null || isBulk(mailbox, recipients) ? mx(from, to) : null;
        TransportConfig chosen = mx != null ? mx : mailbox;
        return chosen != null ? new Chosen(chosen, null) : new Chosen(null, reason(from, to));
    }

    private static boolean isBulk(SmtpAuth mailbox, int recipients) {
        int atOnce = mailbox.limits().recipientsPerMessage();
        return atOnce > 0 && recipients > atOnce;
    }

    private SmtpAuth mailbox(String from, String to) {
        SmtpAuth shared = null;
        for (TransportConfig t : transports.values()) {
            if (t instanceof SmtpAuth auth && TransportRules.recipientProblem(auth, to) == null) {
                if (auth.mailbox().equalsIgnoreCase(from)) {
                    return auth;
                }
                if (shared == null && senders.get(t.name()).matches(from)) {
                    shared = auth;
                }
            }
        }
        return shared;
    }

    /** Direct send where it can, since a relay's way may be used up by external mail; else a relay. */
    private TransportConfig mx(String from, String to) {
        return Stream.<Function<TransportConfig, Boolean>>of(DirectSend.class::isInstance, Relay.class::isInstance)
                .flatMap(type -> transports.values().stream().filter(type::apply))
                .filter(t ->
                        TransportRules.senderProblem(t, from) == null && TransportRules.recipientProblem(t, to) == null)
                .findFirst()
                .orElse(null);
    }

    /** Why the automatic choice found nothing: what each candidate lacks, and the key to set. */
    private String reason(String from, String to) {
        String lacking = transports.values().stream()
                .map(t -> problem(t, from, to))
                .filter(p -> p != null)
                .collect(Collectors.joining("; "));
        return "no transport carries mail from <" + from + "> to <" + to + ">: "
                + (lacking.isEmpty() ? "" : lacking + "; or ")
                + (from.isEmpty()
                        ? "give it a sender, in the device or with m365.rewrite.<n>.default-from"
                        : "add the sender to m365.transport.<name>.senders of a mailbox that may send for it")
                + ", or add a rule m365.route.<n>";
    }

    private static String problem(TransportConfig transport, String from, String to) {
        String recipient = TransportRules.recipientProblem(transport, to);
        return recipient != null ? recipient : TransportRules.senderProblem(transport, from);
    }

    /**
     * Why a transport that somebody names (a rule, a move by hand, a fallback) cannot carry this, or may not send for whom
     * it is from, with the cure; null where it can.
     */
    public String obstacle(TransportConfig transport, String from, String to) {
        String problem = problem(transport, from, to);
        if (problem == null
                && transport instanceof SmtpAuth auth
                && !auth.mailbox().equalsIgnoreCase(from)
                && !senders.get(auth.name()).matches(from)) {
            return "transport " + auth.name() + " may not send for <" + from + ">: add the sender to m365.transport."
                    + auth.name() + ".senders";
        }
        return problem;
    }

    /** A rule may name a transport, but cannot make it carry what its kind cannot, or whom it may not send for. */
    private Chosen checked(int rule, TransportConfig transport, String from, String to) {
        String problem = obstacle(transport, from, to);
        return problem == null
                ? new Chosen(transport, null)
                : new Chosen(null, "m365.route." + rule + " names transport " + transport.name() + ", but " + problem);
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
