package io.m365mail.terminal;

/** Makes text that came from a message or a client fit for a terminal. */
public final class Text {
    private Text() {}

    /** Control characters, which could move the cursor or fake a line, become question marks; so do bidi overrides. */
    public static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]", "?");
    }

    /** At most so many characters, the last an ellipsis where something was cut off. */
    public static String shorten(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
