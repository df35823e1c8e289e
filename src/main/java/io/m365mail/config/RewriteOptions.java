package io.m365mail.config;

import io.m365mail.mail.AddressTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of one {@code m365.rewrite.<n>}. */
final class RewriteOptions {
    static final String ADD = "add-header.";
    static final String SET = "set-header.";

    private static final Option<List<String>> FROM = Option.optional(
            "from",
            ListTypes.PATTERNS,
            "condition: envelope senders as the submitter names them, patterns or file:PATH; left out: every sender");
    private static final Option<List<String>> TO = Option.optional(
            "to",
            ListTypes.PATTERNS,
            "condition: one recipient at least, after aliases, patterns or file:PATH; left out: all mail");
    private static final Option<String> SOURCE =
            Option.optional("source", ValueTypes.TEXT, "condition: name of a source; left out: every source");
    private static final Option<List<String>> NETWORK = Option.optional(
            "network", ListTypes.NETWORKS, "condition: networks of SMTP clients; left out: every client and source");
    private static final Option<String> DEFAULT_FROM = Option.optional(
            "default-from",
            RewriteTypes.SENDER,
            "takes the place of an envelope sender or From that is missing or impossible, such as root@localhost");
    private static final Option<String> FORCE_FROM = Option.optional(
            "force-from",
            RewriteTypes.SENDER,
            "takes the place of every envelope sender and From; the original From goes to Reply-To");
    private static final Option<AddressTable> MAP_FROM = Option.optional(
            "map-from",
            RewriteTypes.SENDER_MAP,
            "new addresses for old ones in the envelope sender, From, Sender and Reply-To; *@old.local = *@contoso.com");
    private static final Option<String> REPLY_TO =
            Option.optional("reply-to", RewriteTypes.SENDER, "answers go there, whatever the message says");
    private static final Option<String> ADD_HEADER = Option.optional(
            ADD + "<Name>",
            RewriteTypes.HEADER_VALUE,
            "a header field that the message gets when it has none of the name");
    private static final Option<String> SET_HEADER = Option.optional(
            SET + "<Name>",
            RewriteTypes.HEADER_VALUE,
            "a header field instead of all that the message has of the name");
    private static final Option<List<String>> REMOVE_HEADERS = Option.optional(
            "remove-headers",
            RewriteTypes.HEADER_NAMES,
            "names of header fields to take out; X-Foo-* takes all that begin so");
    private static final Option<String> SUBJECT_PREFIX = Option.optional(
            "subject-prefix", RewriteTypes.HEADER_VALUE, "goes in front of the subject, unless it is there already");
    private static final Option<String> FOOTER =
            Option.optional("footer", RewriteTypes.FOOTER, "text that goes below the message's, also in its HTML part");
    private static final Option<String> FOOTER_HTML = Option.optional(
            "footer-html", RewriteTypes.FOOTER, "what the HTML part gets instead, in HTML; by default the text");
    private static final Option<AddressTable> ALIASES = Option.optional(
            "aliases",
            RewriteTypes.ALIASES,
            "recipients that stand for others: anna = anna@contoso.com, office = b@contoso.com, c@contoso.com");
    private static final Option<Set<RewriteRule.Repair>> REPAIR = Option.of(
            "repair",
            RewriteTypes.REPAIRS,
            "",
            "what is mended: line-ends (bare LF and CR; needs network), names (unquoted @ and commas), 8bit (header bytes)");

    static final List<Option<?>> ALL = List.of(
            FROM,
            TO,
            SOURCE,
            NETWORK,
            DEFAULT_FROM,
            FORCE_FROM,
            MAP_FROM,
            REPLY_TO,
            ADD_HEADER,
            SET_HEADER,
            REMOVE_HEADERS,
            SUBJECT_PREFIX,
            FOOTER,
            FOOTER_HTML,
            ALIASES,
            REPAIR);

    private static final List<Option<?>> CONDITIONS = List.of(FROM, TO, SOURCE, NETWORK);
    /** Known before the recipients are, so that SMTP can answer MAIL and RCPT. */
    private static final List<Option<?>> BEFORE_RECIPIENTS = List.of(DEFAULT_FROM, FORCE_FROM, MAP_FROM, ALIASES);

    private RewriteOptions() {}

    static boolean isKnown(String key) {
        return key.startsWith(ADD)
                || key.startsWith(SET)
                || ALL.stream().anyMatch(o -> o.key().equals(key));
    }

    /** @param sources the type of each source by its name */
    static RewriteRule bind(int number, Section s, Map<String, String> sources) {
        RewriteRule.Conditions when = new RewriteRule.Conditions(s.get(FROM), s.get(TO), s.get(SOURCE), s.get(NETWORK));
        RewriteRule.Senders senders =
                new RewriteRule.Senders(s.get(DEFAULT_FROM), s.get(FORCE_FROM), s.get(MAP_FROM), s.get(REPLY_TO));
        List<String> remove = s.get(REMOVE_HEADERS);
        RewriteRule.Fields fields = new RewriteRule.Fields(
                headers(s, ADD), headers(s, SET), remove == null ? List.of() : remove, s.get(SUBJECT_PREFIX));
        String text = s.get(FOOTER);
        String html = s.get(FOOTER_HTML);
        RewriteRule.Footer footer = text == null ? null : new RewriteRule.Footer(text, html);
        RewriteRule rule = new RewriteRule(number, when, senders, fields, footer, s.get(ALIASES), s.get(REPAIR));
        conditions(s, when, sources);
        effects(s, rule);
        return rule;
    }

    private static Map<String, String> headers(Section s, String prefix) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String key : s.entries().keySet()) {
            if (key.startsWith(prefix)) {
                Option<String> option = Option.optional(key, RewriteTypes.HEADER_VALUE, "value of the header");
                String name = key.substring(prefix.length());
                try {
                    RewriteTypes.checkHeaderName(name);
                    headers.put(name, s.get(option));
                } catch (ValueException e) {
                    s.mistake(option, e.reason(), e.cure());
                }
            }
        }
        return headers;
    }

    private static void conditions(Section s, RewriteRule.Conditions when, Map<String, String> sources) {
        RuleOptions.known(s, SOURCE, when.source(), sources.keySet(), "source");
        RuleOptions.empty(s, FROM, when.from());
        RuleOptions.empty(s, TO, when.to());
        RuleOptions.empty(s, NETWORK, when.networks());
        if (when.source() != null
                && sources.containsKey(when.source())
                && !sources.get(when.source()).equals("smtp")) {
            s.useless(
                    NETWORK, "a source of type " + sources.get(when.source()) + ": only SMTP clients have an address");
        }
    }

    private static void effects(Section s, RewriteRule rule) {
        if (s.entries().keySet().stream()
                .allMatch(key -> CONDITIONS.stream().anyMatch(o -> o.key().equals(key)))) {
            s.mistake(FROM, "the rule changes nothing", "Say what it changes, such as default-from, or remove it");
        }
        if (s.has(TO)) {
            for (Option<?> option : BEFORE_RECIPIENTS) {
                if (s.has(option)) {
                    s.mistake(
                            option,
                            "it cannot depend on to: the sender and each recipient are settled on their own",
                            "Remove " + s.key(TO) + ", or put this into a rule of its own");
                }
            }
        }
        if (rule.senders().forced() != null) {
            s.useless(DEFAULT_FROM, s.key(FORCE_FROM));
            s.useless(MAP_FROM, s.key(FORCE_FROM));
        }
        if (s.has(FOOTER_HTML)) {
            s.needed(FOOTER, s.key(FOOTER_HTML));
        }
        if (rule.repairs().contains(RewriteRule.Repair.LINE_ENDS)) {
            if (!s.has(NETWORK)) {
                s.mistake(
                        REPAIR,
                        "line-ends is for listed clients only, and " + s.key(NETWORK) + " is missing",
                        "Set it to the devices' network, such as 10.20.0.0/16");
            } else if (s.has(TO)) {
                s.mistake(REPAIR, "line-ends cannot depend on to", "Remove " + s.key(TO));
            }
        }
    }
}
