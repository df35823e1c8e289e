package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads {@code verdicts.yaml}, whose head describes the fields, with the YAML parser that camel-yaml-dsl brings. Any
 * slip (a key, stage, trait or source that does not exist, a field left out) is an {@link IllegalArgumentException} that
 * names the row.
 */
final class VerdictFile {
    private static final Set<String> KEYS = Set.of(
            "id",
            "path",
            "at",
            "seen",
            "code",
            "enhanced",
            "starts",
            "contains",
            "verdict",
            "wait",
            "give-up",
            "traits",
            "meaning",
            "cure",
            "sources",
            "sample");
    private static final Set<Stage> SESSION = EnumSet.range(Stage.CONNECT, Stage.AUTH);
    private static final Set<Stage> AFTER_AUTH = EnumSet.complementOf(EnumSet.copyOf(SESSION));

    private final Map<?, ?> sources;
    private final Set<String> ids = new HashSet<>();

    private VerdictFile(Map<?, ?> sources) {
        this.sources = sources;
    }

    static List<Row> read(InputStream yaml) throws IOException {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("verdicts.yaml")
                .setCodePointLimit(1 << 20)
                .build();
        Map<?, ?> root = (Map<?, ?>) new Load(settings).loadFromInputStream(yaml);
        var file = new VerdictFile((Map<?, ?>) root.get("sources"));
        var rows = new ArrayList<Row>();
        for (Object fields : (List<?>) root.get("rows")) {
            rows.add(file.row((Map<?, ?>) fields));
        }
        return List.copyOf(rows);
    }

    private Row row(Map<?, ?> fields) {
        String id = String.valueOf(fields.get("id"));
        try {
            for (Object key : fields.keySet()) {
                require(KEYS.contains(key), "unknown key " + key + "; known are " + new TreeSet<>(KEYS));
            }
            require(id.matches("[a-z0-9-]+") && ids.add(id), "the id is malformed or used twice");
            return row(id, fields);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("verdicts.yaml, row " + id + ": " + e.getMessage(), e);
        }
    }

    private Row row(String id, Map<?, ?> fields) {
        Verdict verdict = Verdict.valueOf(text(fields, "verdict"));
        Set<Stage> at = stages(list(fields, "at"));
        var row = new Row(
                id,
                new Condition(
                        paths(list(fields, "path")),
                        blames(verdict) ? sparingTheInnocent(at) : at,
                        CodePattern.parse(String.valueOf(fields.containsKey("code") ? fields.get("code") : "error")),
                        EnhancedPattern.parse(list(fields, "enhanced")),
                        Words.parse(optional(fields, "starts"), list(fields, "contains"))),
                stages(list(fields, "seen")),
                verdict,
                duration(optional(fields, "wait")),
                duration(optional(fields, "give-up")),
                traits(list(fields, "traits")),
                text(fields, "meaning"),
                text(fields, "cure"),
                list(fields, "sources").stream().map(this::source).toList(),
                List.copyOf(list(fields, "sample")));
        require(!row.sources().isEmpty() && !row.samples().isEmpty(), "a row needs sources and a sample");
        return row;
    }

    private static boolean blames(Verdict verdict) {
        return verdict == Verdict.DEAD_RECIPIENT || verdict == Verdict.DEAD_MESSAGE;
    }

    /** A reply that comes before any message was named blames none, whatever its code. */
    private static Set<Stage> sparingTheInnocent(Set<Stage> at) {
        require(Collections.disjoint(at, SESSION), "a reply up to AUTH cannot blame a recipient or a message");
        return at.isEmpty() ? Collections.unmodifiableSet(AFTER_AUTH) : at;
    }

    private Row.Source source(String key) {
        require(sources.containsKey(key), "no source " + key + " at the end of the file");
        return new Row.Source(key, String.valueOf(sources.get(key)));
    }

    private static Set<Path> paths(List<String> names) {
        require(!names.isEmpty(), "path is missing");
        var paths = EnumSet.noneOf(Path.class);
        names.forEach(name -> paths.add(Path.valueOf(constant(name))));
        return Collections.unmodifiableSet(paths);
    }

    private static Set<Stage> stages(List<String> names) {
        var stages = EnumSet.noneOf(Stage.class);
        for (String name : names) {
            switch (name) {
                case "SESSION" -> stages.addAll(SESSION);
                case "AFTER_AUTH" -> stages.addAll(AFTER_AUTH);
                case "NOT_MAIL" -> stages.addAll(EnumSet.complementOf(EnumSet.of(Stage.MAIL)));
                default -> stages.add(Stage.valueOf(name));
            }
        }
        return Collections.unmodifiableSet(stages);
    }

    private static Set<Trait> traits(List<String> names) {
        var traits = EnumSet.noneOf(Trait.class);
        names.forEach(name -> traits.add(Trait.valueOf(constant(name))));
        return Collections.unmodifiableSet(traits);
    }

    private static String constant(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** {@code 30s}, {@code 5m}, {@code 24h}. */
    private static Duration duration(String text) {
        return text == null ? null : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }

    private static String text(Map<?, ?> fields, String key) {
        String text = optional(fields, key);
        require(text != null && !text.isBlank(), key + " is missing");
        return text;
    }

    private static String optional(Map<?, ?> fields, String key) {
        return fields.get(key) == null ? null : fields.get(key).toString();
    }

    /** A list, or one value for a list of one; a blank-free value of stages, codes or names may stand alone. */
    private static List<String> list(Map<?, ?> fields, String key) {
        Object value = fields.get(key);
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : Arrays.asList(value.toString());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
