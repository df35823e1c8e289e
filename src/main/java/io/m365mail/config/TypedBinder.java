package io.m365mail.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Binds the named sources or transports: finds the type of each, notes the keys its type does not have, and has the type
 * bind the rest. One that is turned off is checked for unknown keys only, so that a half-written one can be parked.
 */
final class TypedBinder {
    /** What came out of one section, null where its type is not known. */
    record Bound<T>(String name, Section section, T value) {}

    private final Placeholders placeholders;
    private final List<Mistake> mistakes;
    private final Path data;

    TypedBinder(Placeholders placeholders, List<Mistake> mistakes, Path data) {
        this.placeholders = placeholders;
        this.mistakes = mistakes;
        this.data = data;
    }

    static <T> List<T> values(List<Bound<T>> bound) {
        return bound.stream().map(Bound::value).filter(v -> v != null).toList();
    }

    static Set<String> names(List<? extends Bound<?>> bound) {
        return bound.stream().map(Bound::name).collect(Collectors.toSet());
    }

    /** @param builtIn the type of a name that is there without being configured */
    <T> List<Bound<T>> bind(
            String group,
            Map<String, Map<String, RawFile.Entry>> byName,
            Option<String> typeOption,
            Map<String, ConfigType<T>> types,
            Map<String, String> builtIn) {
        List<Bound<T>> result = new ArrayList<>();
        byName.forEach((name, entries) -> {
            Section s = new Section(Catalogue.PREFIX + group + "." + name + ".", entries, placeholders, mistakes);
            boolean typed = s.has(typeOption) || !builtIn.containsKey(name);
            String typeName = typed ? s.get(typeOption) : builtIn.get(name);
            ConfigType<T> type = typeName == null ? null : types.get(typeName);
            if (type != null) {
                unknownKeys(s, group, type, types);
            }
            if (s.get(Catalogue.ENABLED)) {
                result.add(new Bound<>(name, s, type == null ? null : type.bind(name, s, data)));
            }
        });
        return result;
    }

    private <T> void unknownKeys(Section s, String group, ConfigType<T> type, Map<String, ConfigType<T>> types) {
        s.entries().forEach((key, entry) -> {
            if (key.equals("type") || key.equals(Catalogue.ENABLED.key()) || has(type, key)) {
                return;
            }
            String others = types.values().stream()
                    .filter(t -> has(t, key))
                    .map(ConfigType::type)
                    .collect(Collectors.joining(", "));
            mistakes.add(
                    others.isEmpty()
                            ? unknownOf(type, entry, key)
                            : new Mistake(
                                    entry.key(),
                                    entry.line(),
                                    null,
                                    "a " + group + " of type " + type.type() + " has no such key; type " + others
                                            + " has",
                                    "Remove the line, or change the type"));
        });
    }

    private static <T> Mistake unknownOf(ConfigType<T> type, RawFile.Entry entry, String key) {
        List<String> known = new ArrayList<>(List.of("type", Catalogue.ENABLED.key()));
        type.options().forEach(o -> known.add(o.key()));
        String prefix = entry.key().substring(0, entry.key().length() - key.length());
        return new Mistake(
                entry.key(),
                entry.line(),
                null,
                "there is no such key",
                "The nearest known one is " + prefix + Nearest.of(key, known));
    }

    private static boolean has(ConfigType<?> type, String key) {
        return type.options().stream().anyMatch(o -> o.key().equals(key));
    }
}
