package io.m365mail.mail;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A list of address patterns as the configuration gives them: an address, {@code *@domain}, {@code @domain}, a domain
 * alone, any text with {@code *} for any run of characters, or {@code file:PATH} for the patterns in a file, which is read
 * again when it changes ({@link PatternFile}). Case does not matter. An empty list matches nothing, nor does an empty file.
 */
public final class AddressPatterns {
    /** What to write instead of what is no pattern. */
    public static final String CURE = "Give an address, a domain, or a pattern such as *@contoso.com";

    private static final String FILE = "file:";

    private final String text;
    private final PatternSet fixed;
    private final List<PatternFile> files;

    private AddressPatterns(List<String> patterns) {
        this.text = String.join(", ", patterns);
        this.fixed = new PatternSet(
                patterns.stream().filter(p -> !p.startsWith(FILE)).toList());
        this.files = patterns.stream()
                .filter(p -> p.startsWith(FILE))
                .map(p -> new PatternFile(
                        Path.of(p.substring(FILE.length())), System::nanoTime, System::currentTimeMillis))
                .toList();
    }

    /** @throws IllegalArgumentException where a file cannot be read or has a line that is no pattern */
    public static AddressPatterns of(List<String> patterns) {
        return new AddressPatterns(patterns);
    }

    /** The item of a list that stands for the patterns in a file. */
    public static String file(Path path) {
        return FILE + path.toAbsolutePath();
    }

    public boolean matches(String address) {
        String a = address.toLowerCase(Locale.ROOT);
        return fixed.matches(a) || files.stream().anyMatch(f -> f.patterns().matches(a));
    }

    /** No pattern and no file is configured. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public String toString() {
        return text;
    }

    /** What is wrong with a pattern, or null; empty where there is nothing to add to its being none. */
    public static String problem(String pattern) {
        boolean plainAddress = pattern.indexOf('@') > 0 && !pattern.contains("*");
        String problem = plainAddress ? Addresses.problem(pattern) : null;
        boolean blank = pattern.chars().anyMatch(c -> c <= ' ' || c == '<' || c == '>');
        return problem == null && blank ? "" : problem;
    }

    /** Says that a text is no pattern, and why. */
    public static String notOne(String pattern, String problem) {
        return "'" + pattern.replaceAll("\\p{Cntrl}", "?") + "' is no address pattern"
                + (problem.isEmpty() ? "" : ": " + problem);
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
