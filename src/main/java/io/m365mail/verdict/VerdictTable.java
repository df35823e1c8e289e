package io.m365mail.verdict;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The reply table, immutable. A refusal is compared with the rows for its code only, most specific first; the last of
 * them is the row for all others of that class and stage, so there is always a verdict. A positive reply is looked up by
 * code and stage alone and costs two array accesses; its words are not read. A row that blames a recipient or a message
 * never holds up to AUTH, so no mistake in the table can blame mail for a refused sign-in.
 */
public final class VerdictTable {
    private static final String FILE = "/verdicts.yaml";
    private static final int FIRST_NEGATIVE = 400;

    private final List<Row> rows;
    /** By code minus 200, then stage. */
    private final Ruling[][] positive = new Ruling[FIRST_NEGATIVE - CodePattern.LOWEST][Stage.values().length];
    /** By code minus 400, most specific first. */
    private final Ruling[][] negative = new Ruling[CodePattern.HIGHEST + 1 - FIRST_NEGATIVE][];

    private final Ruling notSmtp;

    private VerdictTable(List<Row> rows) {
        this.rows = rows;
        List<Row> ordered = rows.stream().sorted(Row.MOST_SPECIFIC_FIRST).toList();
        for (int code = CodePattern.LOWEST; code < FIRST_NEGATIVE; code++) {
            for (Stage stage : Stage.values()) {
                positive[code - CodePattern.LOWEST][stage.ordinal()] = positive(ordered, code, stage);
            }
        }
        for (int code = FIRST_NEGATIVE; code <= CodePattern.HIGHEST; code++) {
            negative[code - FIRST_NEGATIVE] = forCode(ordered, code).toArray(Ruling[]::new);
        }
        notSmtp = forCode(ordered, CodePattern.HIGHEST + 1).get(0);
    }

    /** Reads the table from the class path. */
    public static VerdictTable load() {
        try (InputStream in = Objects.requireNonNull(VerdictTable.class.getResourceAsStream(FILE), FILE)) {
            return new VerdictTable(VerdictFile.read(in));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE + " from the class path", e);
        }
    }

    /** All rows in the order of the file. */
    public List<Row> rows() {
        return rows;
    }

    /**
     * What {@code reply} means. A SPLIT at END_OF_DATA accepted nobody: halve the recipients; with one recipient it is to
     * be read as RETRY. A DELIVERED before RCPT says no more than that the step went well.
     *
     * @param transportType as in the configuration: {@code smtp-auth}, {@code direct-send}, {@code relay}, {@code server}
     * @param stage where it was given
     */
    public Ruling judge(String transportType, Stage stage, Reply reply) {
        int code = reply.code();
        if (code < CodePattern.LOWEST || code > CodePattern.HIGHEST) {
            return notSmtp;
        }
        if (code < FIRST_NEGATIVE) {
            return positive[code - CodePattern.LOWEST][stage.ordinal()];
        }
        Sentence text = Sentence.of(reply.text());
        for (Ruling ruling : negative[code - FIRST_NEGATIVE]) {
            if (ruling.row().when().matches(transportType, stage, code, reply.enhanced(), text)) {
                return ruling;
            }
        }
        throw new IllegalStateException("verdicts.yaml has no row for all others of " + code + " at " + stage);
    }

    private static Ruling positive(List<Row> ordered, int code, Stage stage) {
        return ordered.stream()
                .filter(row -> row.when().code().matches(code))
                .filter(row -> row.when().at().isEmpty() || row.when().at().contains(stage))
                .findFirst()
                .map(row -> new Ruling(row, row.verdict()))
                .orElseThrow(() -> new IllegalStateException("verdicts.yaml has no row for " + code + " at " + stage));
    }

    private static List<Ruling> forCode(List<Row> ordered, int code) {
        var rulings = new ArrayList<Ruling>();
        for (Row row : ordered) {
            if (row.when().code().matches(code)) {
                rulings.add(new Ruling(row, row.verdict()));
            }
        }
        return rulings;
    }
}
