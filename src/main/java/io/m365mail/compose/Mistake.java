package io.m365mail.compose;

/**
 * One thing that is wrong in a submission.
 *
 * @param path where, such as {@code attachments[0].name}; empty for the whole
 * @param text what, and what to do
 */
public record Mistake(String path, String text) {
    /** Free of control characters and short, since parts of it come from the submission: it may stand in a log line. */
    public Mistake {
        path = printable(path, 200);
        text = printable(text, 500);
    }

    private static String printable(String s, int max) {
        String cut = s.length() > max ? s.substring(0, max) + "…" : s;
        return cut.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", " ");
    }

    @Override
    public String toString() {
        return path.isEmpty() ? text : path + ": " + text;
    }
}
