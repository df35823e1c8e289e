package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What stands after MAIL and RCPT: {@code FROM:<path> KEY=VALUE KEY} (RFC 5321 section 4.1.2). Strict about everything
 * that could make two parsers disagree, lenient where scanners are sloppy without harm: a blank after the colon, missing
 * angle brackets. A source route is ignored, as section 4.1.1.3 asks.
 *
 * @param address without angle brackets; empty for the null path
 * @param parameters keys in upper case; the value is empty where there is no {@code =}
 */
record PathArguments(String address, Map<String, String> parameters) {
    private static final Pattern SOURCE_ROUTE = Pattern.compile("@[A-Za-z0-9.-]+(,@[A-Za-z0-9.-]+)*:");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

    /**
     * @param arguments of the command
     * @param keyword {@code FROM} or {@code TO}
     * @throws RefusedException with the 5xx reply that says what is wrong
     */
    static PathArguments parse(String arguments, String keyword) {
        if (!arguments.regionMatches(true, 0, keyword + ":", 0, keyword.length() + 1)) {
            throw new RefusedException(501, "5.5.4 Syntax: " + keyword + ":<address>");
        }
        String rest = arguments.substring(keyword.length() + 1).stripLeading();
        int end = rest.startsWith("<") ? endOfPath(rest) : endOfWord(rest);
        if (end < 0 || end < rest.length() && rest.charAt(end) != ' ') {
            throw new RefusedException(501, "5.5.4 Unbalanced or trailing characters at the address");
        }
        boolean bracketed = rest.startsWith("<");
        String path = bracketed ? rest.substring(1, end - 1) : rest.substring(0, end);
        if (path.isEmpty() && !bracketed) {
            throw new RefusedException(501, "5.5.4 Syntax: " + keyword + ":<address>");
        }
        return new PathArguments(
                withoutRoute(path), parameters(rest.substring(end).strip()));
    }

    /** Refuses an address that may not stand in an envelope. */
    void check(boolean mayBeNull, boolean smtpUtf8, String enhancedCode) {
        Reply refusal = PathCheck.refusal(address, mayBeNull, smtpUtf8, enhancedCode);
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
    }

    /** The index behind the closing bracket, or -1. A bracket in a quoted local part does not count. */
    private static int endOfPath(String s) {
        boolean quoted = false;
        for (int i = 1; i < s.length(); i++) {
            char c = s.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '>') {
                return i + 1;
            } else if (!quoted && c == '<') {
                return -1;
            }
        }
        return -1;
    }

    private static int endOfWord(String s) {
        int blank = s.indexOf(' ');
        return blank < 0 ? s.length() : blank;
    }

    private static String withoutRoute(String path) {
        if (!path.startsWith("@")) {
            return path;
        }
        var route = SOURCE_ROUTE.matcher(path);
        if (!route.lookingAt()) {
            throw new RefusedException(501, "5.1.3 Malformed source route");
        }
        return path.substring(route.end());
    }

    private static Map<String, String> parameters(String text) {
        var found = new LinkedHashMap<String, String>();
        if (text.isEmpty()) {
            return found;
        }
        for (String word : text.split(" +")) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            if (!KEY.matcher(key).matches() || equals >= 0 && (value.isEmpty() || value.contains("="))) {
                throw new RefusedException(501, "5.5.4 Malformed parameter");
            }
            if (found.put(key.toUpperCase(Locale.ROOT), value) != null) {
                throw new RefusedException(501, "5.5.4 Parameter given twice: " + key);
            }
        }
        return found;
    }
}
