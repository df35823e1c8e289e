package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * One row of the reply table: when it holds, what it means, what to do.
 *
 * @param id its name in logs, dead letters and {@code docs/replies.md}
 * @param when its conditions
 * @param seen stages where it was observed
 * @param pause RETRY: the shortest sensible wait; PARK: the window of the limit; null where the row does not say
 * @param giveUp the recipient is given up after this time instead of the configured lifetime; null for that
 * @param meaning one or two sentences
 * @param cure what to do, with the cmdlet where there is one
 * @param sources where it is from
 * @param samples replies as really seen
 */
public record Row(
        String id,
        Condition when,
        Set<Stage> seen,
        Verdict verdict,
        Duration pause,
        Duration giveUp,
        Set<Trait> traits,
        String meaning,
        String cure,
        List<Source> sources,
        List<String> samples) {

    /** Most specific first; the head of {@code verdicts.yaml} states the order. */
    static final Comparator<Row> MOST_SPECIFIC_FIRST = Comparator.comparing(Row::isFallback)
            .thenComparing(row -> row.has(Trait.GENERAL))
            .thenComparing(Row::when, Condition.MOST_SPECIFIC_FIRST);

    /** A key such as {@code NDR} and what it stands for: a title, with the address where there is one. */
    public record Source(String key, String title) {}

    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** For replies that no other row knows. */
    public boolean isFallback() {
        return has(Trait.FALLBACK);
    }
}
