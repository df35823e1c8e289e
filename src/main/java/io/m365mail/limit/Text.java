package io.m365mail.limit;

/** Text of foreign origin (replies, database errors) on its way to a log or the store. */
final class Text {
    private static final int MAX = 900;

    private Text() {}

    /** One line without control characters, cut to what the store holds. */
    static String oneLine(String text) {
        String line = text == null ? "" : text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= MAX ? line : line.substring(0, MAX) + "…";
    }
}
