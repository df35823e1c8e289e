package io.m365mail.verdict;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The words a row asks for: leading ones, and others anywhere. Each is a list of alternatives, of which one is enough.
 *
 * @param starts alternatives for the beginning, empty for any
 * @param contains each of its lists must be met
 * @param length of the shortest way to meet it, in characters: the measure of how specific it is
 */
record Words(List<Phrase> starts, List<List<Phrase>> contains, int length) {

    /** @param text as {@link Sentence} has it; openEnd: a word may go on behind it */
    record Phrase(String text, boolean openEnd, String shown) {
        static Phrase parse(String shown) {
            boolean openEnd = shown.endsWith("*");
            String text = Sentence.squeeze(openEnd ? shown.substring(0, shown.length() - 1) : shown);
            if (text.isEmpty()) {
                throw new IllegalArgumentException("empty words");
            }
            return new Phrase(text.toLowerCase(Locale.ROOT), openEnd, shown);
        }
    }

    static Words parse(String starts, List<String> contains) {
        List<Phrase> leading = starts == null ? List.of() : alternatives(starts);
        List<List<Phrase>> anywhere = contains.stream().map(Words::alternatives).toList();
        return new Words(
                leading,
                anywhere,
                shortest(leading) + anywhere.stream().mapToInt(Words::shortest).sum());
    }

    private static List<Phrase> alternatives(String text) {
        return Arrays.stream(text.split("\\|")).map(Phrase::parse).toList();
    }

    private static int shortest(List<Phrase> phrases) {
        return phrases.stream().mapToInt(p -> p.text.length()).min().orElse(0);
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean matches(Sentence sentence) {
        if (!starts.isEmpty() && !any(starts, sentence, true)) {
            return false;
        }
        for (List<Phrase> phrases : contains) {
            if (!any(phrases, sentence, false)) {
                return false;
            }
        }
        return true;
    }

    private static boolean any(List<Phrase> phrases, Sentence sentence, boolean leading) {
        for (Phrase phrase : phrases) {
            if (sentence.has(phrase.text, phrase.openEnd, leading)) {
                return true;
            }
        }
        return false;
    }

    /** For people: {@code Relay Access Denied …}, {@code … ATTR5 …}. */
    String shown() {
        var out = new StringBuilder();
        if (!starts.isEmpty()) {
            out.append(join(starts)).append(" …");
        }
        for (List<Phrase> phrases : contains) {
            out.append(out.isEmpty() ? "… " : " ").append(join(phrases)).append(" …");
        }
        return out.toString();
    }

    private static String join(List<Phrase> phrases) {
        return String.join(" / ", phrases.stream().map(Phrase::shown).toList());
    }
}
