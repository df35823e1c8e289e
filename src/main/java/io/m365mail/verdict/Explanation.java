package io.m365mail.verdict;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pasted text means. Fit to print: it holds no control characters.
 *
 * @param reply what was understood as the reply; empty where nothing was
 * @param known whether a row of the table is for it
 * @param row the row's id; null where none
 * @param where who gives it, and when
 * @param verdict null where it depends on what the text does not say, and for a step on the way to a verdict
 * @param verdictWords the same in words, always there
 * @param meaning what it means, or what its class means
 * @param cure what to do
 * @param sources where this is from
 * @param others other rows it may be, where the text is not enough to tell
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explanation(
        String reply,
        boolean known,
        String row,
        String where,
        Verdict verdict,
        String verdictWords,
        String meaning,
        String cure,
        List<Row.Source> sources,
        List<Other> others) {
    private static final int NARROWEST = 40;
    private static final int WIDEST = 200;
    private static final String INDENT = " ".repeat(12);

    /**
     * @param reply code, enhanced code and words by which it is told
     * @param meaning what it would mean
     */
    public record Other(String row, String reply, String meaning) {}

    /** Plain text in lines of at most {@code width} characters (40 to 200), but for words that are longer. */
    public String render(int width) {
        int columns = Math.max(NARROWEST, Math.min(WIDEST, width));
        var out = new StringBuilder();
        section(out, columns, "Reply", reply);
        section(out, columns, "Where", where);
        section(out, columns, "Meaning", meaning);
        section(out, columns, "Verdict", verdict == null ? verdictWords : verdict + ": " + verdictWords);
        section(out, columns, "What to do", cure);
        for (Other other : others) {
            section(out, columns, "May be", other.reply() + ": " + other.meaning());
        }
        for (Row.Source source : sources) {
            section(out, columns, "Source", "[" + source.key() + "] " + source.title());
        }
        return out.toString();
    }

    private static void section(StringBuilder out, int columns, String label, String text) {
        if (text == null || text.isEmpty()) {
            return;
        }
        String lead = label + " ".repeat(INDENT.length() - label.length());
        for (String line : wrap(text, columns - INDENT.length())) {
            out.append(lead).append(line).append('\n');
            lead = INDENT;
        }
    }

    private static List<String> wrap(String text, int columns) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
