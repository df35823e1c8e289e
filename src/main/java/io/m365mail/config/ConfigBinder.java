package io.m365mail.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the entries of the file into a {@link BundleConfig}. Every key is first put where it belongs (general, a source,
 * a transport, a rule) or noted as unknown; then each part is bound by its own table of options; last come the checks
 * between parts. Nothing stops at the first mistake. One binder binds one file.
 */
final class ConfigBinder {
    private static final Pattern GROUPED = Pattern.compile("m365\\.(source|transport|route|rewrite)\\.([^.]*)\\.(.+)");

    private final Placeholders placeholders;
    private final Supplier<String> machineName;
    private final List<Mistake> mistakes;
    private final Map<String, RawFile.Entry> general = new LinkedHashMap<>();
    private final Map<String, Map<String, RawFile.Entry>> sources = new TreeMap<>();
    private final Map<String, Map<String, RawFile.Entry>> transports = new LinkedHashMap<>();
    private final Map<String, Map<String, RawFile.Entry>> routes = new LinkedHashMap<>();
    private final Map<String, Map<String, RawFile.Entry>> rewrites = new LinkedHashMap<>();

    ConfigBinder(Placeholders placeholders, Supplier<String> machineName, List<Mistake> mistakes) {
        this.placeholders = placeholders;
        this.machineName = machineName;
        this.mistakes = mistakes;
    }

    BundleConfig bind(Map<String, RawFile.Entry> entries) {
        Catalogue.BUILT_IN.keySet().forEach(name -> sources.put(name, new LinkedHashMap<>()));
        entries.values().forEach(this::place);
        Section s = new Section(Catalogue.PREFIX, general, placeholders, mistakes);
        Path data = s.get(GeneralOptions.DATA);
        TypedBinder typed = new TypedBinder(placeholders, mistakes, data);
        List<TypedBinder.Bound<SourceConfig>> boundSources =
                typed.bind("source", sources, Catalogue.SOURCE_TYPE, Catalogue.SOURCES, Catalogue.BUILT_IN);
        List<TypedBinder.Bound<TransportConfig>> boundTransports =
                typed.bind("transport", transports, Catalogue.TRANSPORT_TYPE, Catalogue.TRANSPORTS, Map.of());
        List<String> domains = s.get(GeneralOptions.DOMAINS);
        BundleConfig config = new BundleConfig(
                domains,
                hostname(s),
                data,
                s.get(GeneralOptions.ROUTES),
                GeneralOptions.broker(s),
                GeneralOptions.store(s),
                GeneralOptions.management(s),
                GeneralOptions.retry(s),
                TypedBinder.values(boundSources),
                TypedBinder.values(boundTransports).stream()
                        .map(t -> t.inTenant(domains))
                        .toList(),
                rules(TypedBinder.names(boundSources), TypedBinder.names(boundTransports)),
                GeneralOptions.templates(s),
                s.get(GeneralOptions.IDEMPOTENCE_WINDOW),
                s.get(GeneralOptions.DNS_SERVER),
                FlowOptions.bind(boundTransports, s.get(GeneralOptions.DOMAINS)),
                GeneralOptions.ndrTransport(s, TypedBinder.names(boundTransports)),
                rewrites(boundSources),
                TenantOptions.bind(s, domains, boundTransports));
        new CrossChecks(s, mistakes).check(config, boundSources, boundTransports);
        mistakes.sort(Comparator.comparingInt(Mistake::line));
        return config;
    }

    /** The general keys alone, for a command that needs to know where a running bundle listens. */
    BundleConfig.Management management(Map<String, RawFile.Entry> entries) {
        Map<String, RawFile.Entry> keys = new LinkedHashMap<>();
        entries.forEach((k, v) -> {
            if (k.startsWith(Catalogue.PREFIX + "management.")) {
                keys.put(k.substring(Catalogue.PREFIX.length()), v);
            }
        });
        mistakes.removeIf(m -> !m.key().isEmpty() && !m.key().startsWith(Catalogue.PREFIX + "management."));
        return GeneralOptions.management(new Section(Catalogue.PREFIX, keys, placeholders, mistakes));
    }

    private void place(RawFile.Entry entry) {
        Matcher m = GROUPED.matcher(entry.key());
        if (m.matches()) {
            place(m.group(1), m.group(2), m.group(3), entry);
        } else if (GeneralOptions.ALL.stream().anyMatch(o -> entry.key().equals(Catalogue.PREFIX + o.key()))) {
            general.put(entry.key().substring(Catalogue.PREFIX.length()), entry);
        } else {
            mistakes.add(unknown(entry));
        }
    }

    private void place(String group, String name, String key, RawFile.Entry entry) {
        boolean numbered = group.equals("route") || group.equals("rewrite");
        if (!name.matches(numbered ? "[1-9]\\d{0,5}" : "[a-z0-9-]+")) {
            mistakes.add(new Mistake(
                    entry.key(),
                    entry.line(),
                    null,
                    "'" + name + (numbered ? "' is no number of a rule" : "' is no name of a " + group),
                    numbered ? "Number rules 1, 2, 3: " + order(group) : "Use small letters, digits and hyphens"));
            return;
        }
        Map<String, Map<String, RawFile.Entry>> all =
                switch (group) {
                    case "route" -> routes;
                    case "rewrite" -> rewrites;
                    case "source" -> sources;
                    default -> transports;
                };
        all.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(key, entry);
    }

    private static String order(String group) {
        return group.equals("route") ? "the first match wins" : "they are applied in this order";
    }

    /** Never shows the value: a misspelt key may be the one of a password. */
    static Mistake unknown(RawFile.Entry entry) {
        return new Mistake(
                entry.key(),
                entry.line(),
                null,
                "there is no such key",
                "The nearest known one is " + Catalogue.nearest(entry.key()));
    }

    private String hostname(Section s) {
        String name = s.get(GeneralOptions.HOSTNAME);
        if (name != null) {
            return name;
        }
        try {
            return ValueTypes.parseHostName(machineName.get());
        } catch (ValueException e) {
            return "localhost";
        }
    }

    private List<RewriteRule> rewrites(List<TypedBinder.Bound<SourceConfig>> bound) {
        Map<String, String> types = new LinkedHashMap<>();
        bound.forEach(b -> types.put(b.name(), b.value() == null ? "" : typeOf(b.section(), b.name())));
        return numbered(
                "rewrite", rewrites, RewriteOptions::isKnown, (number, s) -> RewriteOptions.bind(number, s, types));
    }

    private static String typeOf(Section s, String name) {
        return s.has(Catalogue.SOURCE_TYPE) ? s.get(Catalogue.SOURCE_TYPE) : Catalogue.BUILT_IN.get(name);
    }

    private List<BundleConfig.Rule> rules(Set<String> sourceNames, Set<String> transportNames) {
        List<Integer> catchAll = new ArrayList<>();
        return numbered(
                "route",
                routes,
                key -> RuleOptions.ALL.stream().anyMatch(o -> o.key().equals(key)),
                (number, s) -> {
                    BundleConfig.Rule rule = RuleOptions.bind(number, s, sourceNames, transportNames);
                    if (!catchAll.isEmpty()) {
                        s.mistake(
                                RuleOptions.TRANSPORT,
                                "the rule is never reached: rule " + catchAll.get(0)
                                        + " has no condition and matches everything",
                                "Give rule " + catchAll.get(0) + " the highest number");
                    } else if (RuleOptions.matchesAll(rule)) {
                        catchAll.add(number);
                    }
                    return rule;
                });
    }

    /** Binds the rules of one kind in the order of their numbers. */
    private <T> List<T> numbered(
            String group,
            Map<String, Map<String, RawFile.Entry>> byNumber,
            Predicate<String> known,
            BiFunction<Integer, Section, T> bind) {
        List<T> rules = new ArrayList<>();
        List<String> numbers = new ArrayList<>(byNumber.keySet());
        numbers.sort(Comparator.comparingInt(Integer::parseInt));
        for (String number : numbers) {
            Section s = new Section("m365." + group + "." + number + ".", byNumber.get(number), placeholders, mistakes);
            s.entries().forEach((key, entry) -> {
                if (!known.test(key)) {
                    mistakes.add(unknown(entry));
                }
            });
            rules.add(bind.apply(Integer.parseInt(number), s));
        }
        return List.copyOf(rules);
    }
}
