package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.util.Comparator;
import java.util.Set;

/**
 * When a row holds: all parts must. Where the caller does not know a part ({@code null}, code {@link #UNKNOWN_CODE}), as
 * with a pasted text, that part is taken as met; the words never are, since text that is not there proves nothing.
 *
 * @param paths who answered
 * @param at stages, empty for any
 */
public record Condition(Set<Path> paths, Set<Stage> at, CodePattern code, EnhancedPattern enhanced, Words words) {
    static final int UNKNOWN_CODE = 0;

    static final Comparator<Condition> MOST_SPECIFIC_FIRST = Comparator.<Condition>comparingInt(c -> -c.words.length())
            .thenComparingInt(c -> c.enhanced.rank())
            .thenComparingInt(c -> c.at.isEmpty() ? Stage.values().length : c.at.size())
            .thenComparingInt(c -> c.code.rank())
            .thenComparingInt(c -> c.paths.contains(Path.ANY) ? 1 : 0);

    boolean matches(String transportType, Stage stage, int replyCode, String replyEnhanced, Sentence text) {
        return (stage == null || at.isEmpty() || at.contains(stage))
                && (transportType == null || covers(transportType))
                && (replyCode == UNKNOWN_CODE || code.matches(replyCode))
                && enhanced.matches(replyEnhanced)
                && words.matches(text);
    }

    public boolean covers(String transportType) {
        for (Path path : paths) {
            if (path.covers(transportType)) {
                return true;
            }
        }
        return false;
    }

    /** The reply as a person writes it: {@code 550 5.7.60}, {@code 4xx 4.7.500-4.7.699}. */
    public String reply() {
        return (code.text() + " " + enhanced.text()).strip();
    }
}
