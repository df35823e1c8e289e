package io.m365mail.config;

/**
 * One thing wrong in the configuration, with all that is needed to put it right.
 *
 * @param key the key as it is in the file; empty when the file as a whole is meant
 * @param line the line in the file, from 1; 0 when there is none (a missing key of a built-in source, say)
 * @param value what stands in the file, masked when it may be secret; null where there is nothing to show
 * @param reason what is wrong, a clause without a full stop
 * @param cure what to do, a clause without a full stop
 */
public record Mistake(String key, int line, String value, String reason, String cure) {
    private static final int SHOWN = 120;

    public Mistake {
        value = value == null ? null : shortened(printable(value));
        reason = printable(reason);
        cure = printable(cure);
    }

    /** Two lines: where, and then what is wrong and what to do. */
    public String text() {
        StringBuilder s = new StringBuilder();
        if (line > 0) {
            s.append("line ").append(line).append(": ");
        }
        s.append(key);
        if (value != null) {
            s.append(" = ").append(value);
        }
        return s.append("\n    ")
                .append(reason)
                .append(". ")
                .append(cure)
                .append('.')
                .toString();
    }

    private static String printable(String s) {
        return s.replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
    }

    private static String shortened(String s) {
        return s.length() <= SHOWN ? s : s.substring(0, SHOWN) + "…";
    }
}
