package io.m365mail.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the entries of the file into a {@link BundleConfig}. Every key is first put where it belongs (general, a source,
 * a transport, a rule) or noted as unknown; then each part is bound by its own table of options; last come the checks
 * between parts. Nothing stops at the first mistake. One binder binds one file.
 */
final class ConfigBinder {
    private static final Pattern GROUPED = Pattern.compile("m365\\.(source|transport|route)\\.([^.]*)\\.(.+)");

    private final Placeholders placeholders;
    private final Supplier<String> machineName;
    private final List<Mistake> mistakes;
    private final Map<String, RawFile.Entry> general = new LinkedHashMap<>();
    private final Map<String, Map<String, RawFile.Entry>> sources = new TreeMap<>();
    private final Map<String, Map<String, RawFile.Entry>> transports = new LinkedHashMap<>();
    private final Map<String, Map<String, RawFile.Entry>> routes = new LinkedHashMap<>();

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
                GeneralOptions.ndrTransport(s, TypedBinder.names(boundTransports)));
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
        if (Catalogue.isLater(entry.key())) {
            mistakes.add(new Mistake(
                    entry.key(), entry.line(), null, "the key is not in this version yet", "Remove the line"));
        } else if (m.matches()) {
            place(m.group(1), m.group(2), m.group(3), entry);
        } else if (GeneralOptions.ALL.stream().anyMatch(o -> entry.key().equals(Catalogue.PREFIX + o.key()))) {
            general.put(entry.key().substring(Catalogue.PREFIX.length()), entry);
        } else {
            mistakes.add(unknown(entry));
        }
    }

    private void place(String group, String name, String key, RawFile.Entry entry) {
        boolean route = group.equals("route");
        if (!name.matches(route ? "[1-9]\\d{0,5}" : "[a-z0-9-]+")) {
            mistakes.add(new Mistake(
                    entry.key(),
                    entry.line(),
                    null,
                    "'" + name + (route ? "' is no number of a rule" : "' is no name of a " + group),
                    route ? "Number rules 1, 2, 3: the first match wins" : "Use small letters, digits and hyphens"));
            return;
        }
        (route ? routes : group.equals("source") ? sources : transports)
                .computeIfAbsent(name, n -> new LinkedHashMap<>())
                .put(key, entry);
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

    private List<BundleConfig.Rule> rules(java.util.Set<String> sourceNames, java.util.Set<String> transportNames) {
        List<BundleConfig.Rule> rules = new ArrayList<>();
        int catchAll = 0;
        List<String> numbers = new ArrayList<>(routes.keySet());
        numbers.sort(Comparator.comparingInt(Integer::parseInt));
        for (String number : numbers) {
            Section s = new Section("m365.route." + number + ".", routes.get(number), placeholders, mistakes);
            s.entries().forEach((key, entry) -> {
                if (RuleOptions.ALL.stream().noneMatch(o -> o.key().equals(key))) {
                    mistakes.add(unknown(entry));
                }
            });
            BundleConfig.Rule rule = RuleOptions.bind(Integer.parseInt(number), s, sourceNames, transportNames);
            if (catchAll > 0) {
                s.mistake(
                        RuleOptions.TRANSPORT,
                        "the rule is never reached: rule " + catchAll + " has no condition and matches everything",
                        "Give rule " + catchAll + " the highest number");
            } else if (RuleOptions.matchesAll(rule)) {
                catchAll = rule.number();
            }
            rules.add(rule);
        }
        return List.copyOf(rules);
    }
}
