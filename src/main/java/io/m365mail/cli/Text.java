package io.m365mail.cli;

/** Makes text that came from a message or a client fit for a terminal. */
final class Text {
    private Text() {}

    /** Control characters, which could move the cursor or fake a line, become question marks; so do bidi overrides. */
    static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]", "?");
    }

    /** At most so many characters, the last an ellipsis where something was cut off. */
    static String shorten(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
