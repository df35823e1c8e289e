package io.m365mail.verdict;

import java.util.Locale;

/**
 * The text of a reply as the table compares it: lower case, single blanks, no bracket block at the end, at most
 * {@value #MOST} characters. Built in one pass, so that a hostile text costs no more than its length.
 */
final class Sentence {
    static final int MOST = 1000;

    private final String text;

    private Sentence(String text) {
        this.text = text;
    }

    /** A whole pasted text, already bounded by the caller. */
    static Sentence whole(String text) {
        return new Sentence(squeeze(text).toLowerCase(Locale.ROOT));
    }

    static Sentence of(String raw) {
        String bounded = raw.length() > MOST ? raw.substring(0, MOST) : raw;
        return new Sentence(withoutTail(squeeze(bounded)).toLowerCase(Locale.ROOT));
    }

    /** Runs of blanks and control characters become one blank. */
    static String squeeze(String raw) {
        var out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (!isBlank(c)) {
                out.append(c);
            } else if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
                out.append(' ');
            }
        }
        return out.toString().strip();
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isISOControl(c) || c == '\u00a0';
    }

    /** Cuts {@code [HOST.namprd04.prod.outlook.com 2024-07-14T14:44:43.083Z 08DCA36F759CD546]} and its like at the end. */
    private static String withoutTail(String text) {
        String rest = text;
        while (rest.endsWith("]")) {
            int open = rest.lastIndexOf('[');
            if (open < 0) {
                return rest;
            }
            rest = rest.substring(0, open).stripTrailing();
        }
        return rest;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Whether {@code words} stand in it as whole words, from {@code from} on; only there if {@code leading}. */
    boolean has(String words, boolean openEnd, boolean leading) {
        for (int at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
            if (leading && at > 0) {
                return false;
            }
            if (isEdge(at) && (openEnd || isEdge(at + words.length()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word begins or ends at {@code at}: letters and digits do not stand on both sides of it. */
    private boolean isEdge(int at) {
        return at == 0
                || at == text.length()
                || !(Character.isLetterOrDigit(text.charAt(at - 1)) && Character.isLetterOrDigit(text.charAt(at)));
    }

    @Override
    public String toString() {
        return text;
    }
}
