package io.m365mail.config;

import java.util.List;
import java.util.Set;

/** The keys of one {@code m365.route.<n>}. */
final class RuleOptions {
    static final Option<List<String>> FROM = Option.optional(
            "from", ListTypes.PATTERNS, "envelope senders, patterns or file:PATH; left out: every sender");
    static final Option<List<String>> TO =
            Option.optional("to", ListTypes.PATTERNS, "recipients, patterns or file:PATH; left out: every recipient");
    static final Option<String> SOURCE =
            Option.optional("source", ValueTypes.TEXT, "name of a source; left out: every source");
    static final Option<Integer> PRIORITY = Option.optional(
            "priority", ValueTypes.integer("priority", 0, 9), "JMS priority 0 to 9; left out: every priority");
    static final Option<String> TRANSPORT =
            Option.required("transport", ValueTypes.TEXT, "name of the transport that gets what matches");

    static final List<Option<?>> ALL = List.of(FROM, TO, SOURCE, PRIORITY, TRANSPORT);

    private RuleOptions() {}

    static BundleConfig.Rule bind(int number, Section s, Set<String> sources, Set<String> transports) {
        BundleConfig.Rule rule =
                new BundleConfig.Rule(number, s.get(FROM), s.get(TO), s.get(SOURCE), s.get(PRIORITY), s.get(TRANSPORT));
        known(s, SOURCE, rule.source(), sources, "source");
        known(s, TRANSPORT, rule.transport(), transports, "transport");
        empty(s, FROM, rule.from());
        empty(s, TO, rule.to());
        return rule;
    }

    static boolean matchesAll(BundleConfig.Rule r) {
        return r.from() == null && r.to() == null && r.source() == null && r.priority() == null;
    }

    static void known(Section s, Option<String> option, String name, Set<String> names, String what) {
        if (name != null && !names.contains(name)) {
            s.mistake(
                    option,
                    "there is no " + what + " of this name, or it is turned off",
                    names.isEmpty()
                            ? "Configure m365." + what + "." + name + ".type first"
                            : "The nearest is " + Nearest.of(name, names));
        }
    }

    static void empty(Section s, Option<List<String>> option, List<String> patterns) {
        if (patterns != null && patterns.isEmpty()) {
            s.mistake(
                    option,
                    "the list is empty, so the rule matches nothing",
                    "Fill it, or remove the line to match all");
        }
    }
}
