package io.m365mail.mail;

import java.util.List;
import java.util.Locale;

/**
 * A list of address patterns as the configuration gives them: an address, {@code *@domain}, {@code @domain}, a domain
 * alone, or any text with {@code *} for any run of characters. Case does not matter. An empty list matches nothing. The
 * match takes time linear in the address for each {@code *}, so a hostile address cannot stall it.
 */
public final class AddressPatterns {
    private final List<String> patterns;

    private AddressPatterns(List<String> patterns) {
        this.patterns = patterns;
    }

    public static AddressPatterns of(List<String> patterns) {
        return new AddressPatterns(patterns.stream()
                .map(p -> p.strip().toLowerCase(Locale.ROOT))
                .map(p -> p.startsWith("@") ? "*" + p : p.contains("@") || p.contains("*") ? p : "*@" + p)
                .toList());
    }

    public boolean matches(String address) {
        String a = address.toLowerCase(Locale.ROOT);
        return patterns.stream().anyMatch(p -> glob(p, a));
    }

    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }

    /** Greedy matching with one point to come back to: linear in practice, quadratic at worst, never exponential. */
    public static boolean glob(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
