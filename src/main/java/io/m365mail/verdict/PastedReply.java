package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reply found in a pasted text, with what is known of it.
 *
 * <p>{@link #find} looks for a code with an enhanced code, an enhanced code alone, or a code alone where a reply may
 * begin, joins the lines of a multi-line reply, and takes the text up to the next hit or blank line. At most
 * {@value #MOST_CHARACTERS} characters and {@value #MOST_HITS} hits are read; each pattern advances with bounded
 * repetition, so that the effort grows with the length only.
 *
 * @param code 200 to 599, or {@link Condition#UNKNOWN_CODE}
 * @param enhanced or null
 * @param text what follows the codes, without control characters
 */
record PastedReply(int code, String enhanced, String text) {
    static final int MOST_CHARACTERS = 64 * 1024;
    private static final int MOST_HITS = 200;
    private static final int MOST_SHOWN = 300;

    /** A code (then maybe {@code , b'} as Python prints it) and an enhanced code, or the latter alone; no IP address. */
    private static final Pattern WITH_ENHANCED = Pattern.compile(
            "(?<![\\w./-])(?:([2-5]\\d\\d)([ -]|, ?b?['\"]) {0,3})?([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\w|\\.\\d)");
    /** A code alone, at the start of a line or after a mark that a log or a bounce puts before a reply. */
    private static final Pattern CODE_ALONE =
            Pattern.compile("(?m)(?<=^|^ |[;'\"<>(=#|*-] ?|: )([2-5]\\d\\d)(?:([ -])(?=[A-Za-z<(])|(?=\\s*$))");

    /** {@code [Message=451 5.7.3 …]}: what a remote server said to Exchange Online, and not to us. */
    private static final Pattern QUOTED = Pattern.compile("\\[Message=[^\\]\\n]{0,300}");

    private static final Pattern BLANK_LINE = Pattern.compile("\\n[ \\t]{0,80}\\n");

    /** What logs and libraries write about the stage, in lower case. */
    private static final Map<String, Stage> STAGE_HINTS = stageHints();

    private static Map<String, Stage> stageHints() {
        var hints = new LinkedHashMap<String, Stage>();
        hints.put("reply to end of data", Stage.END_OF_DATA);
        hints.put("reply to data command", Stage.DATA);
        hints.put("reply to rcpt to", Stage.RCPT);
        hints.put("reply to mail from", Stage.MAIL);
        hints.put("invalid login", Stage.AUTH);
        hints.put("smtpauthenticationerror", Stage.AUTH);
        hints.put("smtpsenderrefused", Stage.MAIL);
        hints.put("smtprecipientsrefused", Stage.RCPT);
        hints.put("smtpdataerror", Stage.END_OF_DATA);
        return hints;
    }

    private record Hit(int start, int end, int code, String enhanced, boolean continued) {}

    /** {@code pasted} without control and invisible characters but line feeds, and bounded. */
    static String clean(String pasted) {
        String bounded = pasted.length() > MOST_CHARACTERS ? pasted.substring(0, MOST_CHARACTERS) : pasted;
        var out = new StringBuilder(bounded.length());
        bounded.codePoints().map(c -> c != '\n' && isUnprintable(c) ? ' ' : c).forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean isUnprintable(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.UNASSIGNED
                || type == Character.PRIVATE_USE;
    }

    /** The stage that the text names, or null. */
    static Stage stage(String clean) {
        String lower = clean.toLowerCase(Locale.ROOT);
        return STAGE_HINTS.entrySet().stream()
                .filter(hint -> lower.contains(hint.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    static List<PastedReply> find(String clean) {
        List<Hit> hits = hits(clean);
        var replies = new ArrayList<PastedReply>();
        for (int i = 0; i < hits.size(); i++) {
            Hit first = hits.get(i);
            var text = new StringBuilder(text(clean, hits, i));
            while (hits.get(i).continued && i + 1 < hits.size() && hits.get(i + 1).code == first.code) {
                i++;
                text.append(' ').append(text(clean, hits, i));
            }
            replies.add(new PastedReply(first.code, first.enhanced, Sentence.squeeze(text.toString())));
        }
        return replies;
    }

    private static List<Hit> hits(String pasted) {
        String clean = QUOTED.matcher(pasted)
                .replaceAll(quoted -> "_".repeat(quoted.group().length()));
        var hits = new ArrayList<Hit>();
        Matcher full = WITH_ENHANCED.matcher(clean);
        while (hits.size() < MOST_HITS && full.find()) {
            int code = full.group(1) == null ? Condition.UNKNOWN_CODE : Integer.parseInt(full.group(1));
            hits.add(new Hit(full.start(), full.end(), code, full.group(3), "-".equals(full.group(2))));
        }
        var all = new ArrayList<>(hits);
        Matcher alone = CODE_ALONE.matcher(clean);
        while (all.size() < 2 * MOST_HITS && alone.find()) {
            int start = alone.start();
            if (hits.stream().noneMatch(h -> h.start == start)) {
                all.add(new Hit(
                        start, alone.end(), Integer.parseInt(alone.group(1)), null, "-".equals(alone.group(2))));
            }
        }
        all.sort((a, b) -> Integer.compare(a.start, b.start));
        return all;
    }

    private static String text(String clean, List<Hit> hits, int i) {
        int start = hits.get(i).end;
        int end = i + 1 < hits.size() ? hits.get(i + 1).start : clean.length();
        end = Math.min(Math.max(start, end), start + Sentence.MOST);
        String text = clean.substring(start, end);
        Matcher blank = BLANK_LINE.matcher(text);
        return trimMarks(blank.find() ? text.substring(0, blank.start()) : text);
    }

    /** {@code 5.7.1. Unable To Relay}: the mark between code and words is not one of the words. */
    private static String trimMarks(String text) {
        int start = 0;
        while (start < text.length() && " .:;,-\n".indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        return text.substring(start);
    }

    boolean isPositive() {
        return code != Condition.UNKNOWN_CODE ? code < 400 : enhanced != null && enhanced.startsWith("2");
    }

    /** The class of the reply by its code, or else by its enhanced code: 2 to 5. */
    int replyClass() {
        return code != Condition.UNKNOWN_CODE ? code / 100 : enhanced.charAt(0) - '0';
    }

    /** For people, shortened. */
    String shown() {
        String whole = ((code == Condition.UNKNOWN_CODE ? "" : code + " ")
                        + (enhanced == null ? "" : enhanced + " ")
                        + text)
                .strip();
        return whole.length() <= MOST_SHOWN ? whole : whole.substring(0, MOST_SHOWN) + " …";
    }
}
