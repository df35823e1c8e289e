package io.m365mail.verdict;

/**
 * Which reply codes a row is for: one (432), a class (5xx), {@code error} (4xx or 5xx), or {@code other} (no SMTP code).
 *
 * @param text as in the file
 * @param low first code
 * @param high last code
 */
record CodePattern(String text, int low, int high) {
    static final int LOWEST = 200;
    static final int HIGHEST = 599;

    static CodePattern parse(String text) {
        if (text.equals("error")) {
            return new CodePattern("", 400, HIGHEST);
        }
        if (text.equals("other")) {
            return new CodePattern("other", HIGHEST + 1, Integer.MAX_VALUE);
        }
        if (text.matches("[2-5]xx")) {
            int low = (text.charAt(0) - '0') * 100;
            return new CodePattern(text, low, low + 99);
        }
        if (text.matches("[2-5]\\d\\d")) {
            int code = Integer.parseInt(text);
            return new CodePattern(text, code, code);
        }
        throw new IllegalArgumentException(
                "code \"" + text + "\" is neither a reply code, a class such as 5xx, error, nor other");
    }

    boolean matches(int code) {
        return code >= LOWEST && code <= HIGHEST ? code >= low && code <= high : low > HIGHEST;
    }

    boolean isPositive() {
        return high < 400;
    }

    int rank() {
        return high - low;
    }
}
