package io.m365mail.config;

import java.util.Collection;
import java.util.Comparator;

/** The known word that is fewest edits (Levenshtein) away from a misspelt one; the first of several equally near. */
public final class Nearest {
    private Nearest() {}

    public static String of(String word, Collection<String> known) {
        // A hostile key cannot make this slow: what is beyond any key's length cannot change the winner much.
        String bounded = word.substring(0, Math.min(word.length(), 200));
        return known.stream()
                .min(Comparator.comparingInt(k -> distance(bounded, k)))
                .orElseThrow();
    }

    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
