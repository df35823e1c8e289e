package io.m365mail.mail;

/** What stands between angle brackets, brought to the form that an envelope has. */
final class AngleAddress {
    private AngleAddress() {}

    /** Without blanks at the ends and around dots and at signs, and without a source route. */
    static String tidy(String inner) {
        var out = new StringBuilder(inner.length());
        boolean blank = false;
        boolean quote = false;
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (!quote && (c == ' ' || c == '\t')) {
                blank = !out.isEmpty();
                continue;
            }
            if (blank && ".@".indexOf(c) < 0 && ".@".indexOf(out.charAt(out.length() - 1)) < 0) {
                out.append(' ');
            }
            blank = false;
            quote ^= c == '"';
            out.append(c);
            if (c == '\\' && i + 1 < inner.length()) {
                out.append(inner.charAt(++i));
            }
        }
        int colon = out.indexOf(":");
        boolean route = colon >= 0 && (out.charAt(0) == '@' || colon == 0);
        return route ? out.substring(colon + 1) : out.toString();
    }
}
