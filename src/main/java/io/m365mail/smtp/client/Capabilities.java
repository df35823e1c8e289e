package io.m365mail.smtp.client;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a server offers: the keywords of its EHLO reply with their parameters (RFC 5321 section 4.1.1.1). */
final class Capabilities {
    static final Capabilities NONE = new Capabilities(Map.of());

    private final Map<String, List<String>> keywords;

    private Capabilities(Map<String, List<String>> keywords) {
        this.keywords = keywords;
    }

    /** @param lines the reply's lines without the code; the first is the greeting and is left out */
    static Capabilities of(List<String> lines) {
        Map<String, List<String>> keywords = new HashMap<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            // AUTH=LOGIN is an old spelling that some servers still send beside the right one.
            String[] words = line.strip().replaceFirst("^(?i)AUTH=", "AUTH ").split(" +");
            String keyword = words[0].toUpperCase(Locale.ROOT);
            List<String> parameters = Arrays.stream(words, 1, words.length)
                    .map(w -> w.toUpperCase(Locale.ROOT))
                    .toList();
            keywords.merge(keyword, parameters, (a, b) -> a.size() >= b.size() ? a : b);
        }
        return new Capabilities(keywords);
    }

    boolean offers(String keyword) {
        return keywords.containsKey(keyword);
    }

    boolean offers(String keyword, String parameter) {
        return parameters(keyword).contains(parameter);
    }

    List<String> parameters(String keyword) {
        return keywords.getOrDefault(keyword, List.of());
    }
}
