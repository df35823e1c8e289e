package io.m365mail.smtp;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SMTP reply (RFC 5321 section 4.2): code, enhanced status code (RFC 3463) where there is one, and text. Used by the
 * server, which sends it, and by the client and the verdicts, which read it. The text never holds a line break or
 * another control character, so that it may stand in a log line.
 *
 * @param code 200 to 599
 * @param enhanced such as {@code 5.7.1}, or null
 * @param text lines joined by a blank, without codes
 */
public record Reply(int code, String enhanced, String text) {
    private static final Pattern ENHANCED =
            Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?:\\s+|$)(.*)", Pattern.DOTALL);

    public Reply {
        text = clean(text).strip();
    }

    private static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                var out = new StringBuilder(text);
                for (int j = i; j < out.length(); j++) {
                    if (Character.isISOControl(out.charAt(j))) {
                        out.setCharAt(j, ' ');
                    }
                }
                return out.toString();
            }
        }
        return text;
    }

    public static Reply of(int code, String text) {
        // Most texts of positive replies have no enhanced code: a look at the first character spares the pattern.
        if (text.isEmpty() || "245".indexOf(text.charAt(0)) < 0) {
            return new Reply(code, null, text);
        }
        Matcher m = ENHANCED.matcher(text);
        return m.matches() ? new Reply(code, m.group(1), m.group(2)) : new Reply(code, null, text);
    }

    /** A whole reply from its lines, each with its code: {@code 250-SIZE 100}, {@code 250 HELP}. */
    public static Reply parse(List<String> lines) {
        int code = Integer.parseInt(lines.get(0).substring(0, 3));
        String enhanced = null;
        var text = new StringBuilder();
        for (String line : lines) {
            Reply one = of(code, line.length() > 4 ? line.substring(4) : "");
            enhanced = enhanced == null ? one.enhanced : enhanced;
            text.append(text.isEmpty() || one.text.isEmpty() ? "" : " ").append(one.text);
        }
        return new Reply(code, enhanced, text.toString());
    }

    public boolean isPositive() {
        return code < 400;
    }

    public boolean isTransient() {
        return code >= 400 && code < 500;
    }

    public boolean isPermanent() {
        return code >= 500;
    }

    /** One line as it stands on the wire, without the line break. */
    @Override
    public String toString() {
        return code + (enhanced == null ? "" : " " + enhanced) + (text.isEmpty() ? "" : " " + text);
    }
}
