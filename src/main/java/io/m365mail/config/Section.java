package io.m365mail.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of one source, transport or rule (or the general ones) while they are bound. Each {@code get} yields the
 * value, else the default, and notes what is wrong; a value that could not be read yields its default or null, so that
 * binding goes on and finds the rest. Whoever binds may go by {@link #isBad} to say nothing about a key that has been
 * complained about already.
 */
final class Section {
    private final String prefix;
    private final Map<String, RawFile.Entry> entries;
    private final Placeholders placeholders;
    private final List<Mistake> mistakes;
    private final Set<String> bad = new HashSet<>();

    /** @param entries by the key without {@code prefix} */
    Section(String prefix, Map<String, RawFile.Entry> entries, Placeholders placeholders, List<Mistake> mistakes) {
        this.prefix = prefix;
        this.entries = entries;
        this.placeholders = placeholders;
        this.mistakes = mistakes;
    }

    <T> T get(Option<T> option) {
        RawFile.Entry entry = entries.get(option.key());
        if (entry == null) {
            if (option.required() && bad.add(option.key())) {
                mistakes.add(new Mistake(
                        prefix + option.key(),
                        firstLine(),
                        null,
                        "the key is missing: " + option.description(),
                        "Set " + example(option)));
            }
            return defaultOf(option);
        }
        try {
            if (entry.value().isEmpty() && !option.type().mayBeEmpty()) {
                throw new ValueException(
                        "there is no value",
                        option.required()
                                ? "Give one"
                                : "Give one, or remove the line"
                                        + (option.defaultText() == null && option.defaultNote() == null
                                                ? ""
                                                : " for the default"));
            }
            return option.type().parser().parse(entry.value(), placeholders);
        } catch (ValueException e) {
            if (bad.add(option.key())) {
                mistake(option, e.reason(), e.cure());
            }
            return defaultOf(option);
        }
    }

    private String example(Option<?> option) {
        return key(option) + "=<" + option.type().name() + ">";
    }

    private <T> T defaultOf(Option<T> option) {
        if (option.defaultText() == null) {
            return null;
        }
        try {
            return option.type().parser().parse(option.defaultText(), placeholders);
        } catch (ValueException e) {
            throw new IllegalStateException(
                    "the default of " + option.key() + " is no " + option.type().name(), e);
        }
    }

    /** The key stands in the file. */
    boolean has(Option<?> option) {
        return entries.containsKey(option.key());
    }

    /** The key's value was complained about. */
    boolean isBad(Option<?> option) {
        return bad.contains(option.key());
    }

    /** Something about the value of a key, or about its absence. */
    void mistake(Option<?> option, String reason, String cure) {
        bad.add(option.key());
        RawFile.Entry entry = entries.get(option.key());
        mistakes.add(new Mistake(
                prefix + option.key(),
                entry == null ? firstLine() : entry.line(),
                entry == null ? null : option.shown(entry.value()),
                reason,
                cure));
    }

    /** Two keys that only make sense together. */
    void together(Option<?> one, Option<?> other) {
        if (has(one) && !has(other)) {
            mistake(one, prefix + other.key() + " is missing, which belongs to it", "Set both or neither");
        } else if (has(other) && !has(one)) {
            mistake(other, prefix + one.key() + " is missing, which belongs to it", "Set both or neither");
        }
    }

    /** A key that only makes sense with another, which may stand alone. */
    void withIt(Option<?> option, Option<?> needed) {
        if (has(option) && !has(needed)) {
            mistake(
                    option,
                    prefix + needed.key() + " is missing, which it belongs to",
                    "Set that, or remove this line");
        }
    }

    /** A key that another one's value makes necessary. */
    void needed(Option<?> option, String because) {
        if (!has(option) && bad.add(option.key())) {
            mistakes.add(new Mistake(
                    prefix + option.key(),
                    firstLine(),
                    null,
                    "the key is missing: " + because + " needs it",
                    "Set " + example(option) + ", the " + option.description()));
        }
    }

    /** A key that another one's value leaves without effect. */
    void useless(Option<?> option, String because) {
        if (has(option) && !isBad(option)) {
            mistake(option, "it has no effect with " + because, "Remove it, or change the other");
        }
    }

    /** The whole key of an option. */
    String key(Option<?> option) {
        return prefix + option.key();
    }

    /** The line of a key; of the section's start where the key is left out. */
    int line(Option<?> option) {
        return has(option) ? entries.get(option.key()).line() : firstLine();
    }

    /** Where the section starts in the file; 0 when none of it stands there. */
    int firstLine() {
        return entries.values().stream().mapToInt(RawFile.Entry::line).min().orElse(0);
    }

    Map<String, RawFile.Entry> entries() {
        return entries;
    }
}
