package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Explains what a person pastes: a bare reply, a log line, a bounce, a library's error, an enhanced code alone, a token
 * error. Each reply found in the text is looked up in the table, and the most telling one is explained: refusals before
 * acceptances, known before unknown, those with a sentence the table knows before those without. What the table does not
 * know is said to be unknown, with the meaning of its class.
 */
public final class Explain {
    private static final Comparator<Found> MOST_TELLING_FIRST = Comparator.<Found, Boolean>comparing(
                    found -> found.reply.isPositive())
            .thenComparing(found -> found.row.isFallback())
            .thenComparing(found -> found.row.when().words().isEmpty())
            .thenComparing(found -> found.reply.code() == Condition.UNKNOWN_CODE)
            .thenComparing(found -> found.row, Row.MOST_SPECIFIC_FIRST);

    private final VerdictTable table;
    private final List<Row> ordered;

    public Explain(VerdictTable table) {
        this.table = table;
        this.ordered = table.rows().stream().sorted(Row.MOST_SPECIFIC_FIRST).toList();
    }

    private record Found(PastedReply reply, Row row) {}

    /** Never throws, whatever is pasted; only the first 64 KiB are read. */
    public Explanation explain(String pasted) {
        String clean = PastedReply.clean(pasted);
        Stage stage = PastedReply.stage(clean);
        Optional<Found> byCode = PastedReply.find(clean).stream()
                .map(reply -> new Found(reply, row(reply, stage)))
                .min(MOST_TELLING_FIRST);
        Optional<Found> byWords = byWords(clean);
        if (byWords.isPresent() && byCode.filter(Explain::isTelling).isEmpty()) {
            return known(byWords.get(), stage);
        }
        return byCode.map(found -> found.row.isFallback() ? unknown(found, stage) : known(found, stage))
                .orElseGet(() -> nothing(clean));
    }

    /** Whether the reply says enough, so that words elsewhere in the text do not count. */
    private static boolean isTelling(Found found) {
        return !found.reply.isPositive() && !found.row.isFallback() && !found.row.has(Trait.GENERAL);
    }

    /** The stage that the text names may be a guess: without a row for it, any stage will do. */
    private Row row(PastedReply reply, Stage stage) {
        Row row = match(reply, stage);
        Row anywhere = row.isFallback() && stage != null ? match(reply, null) : row;
        return anywhere.isFallback() ? row : anywhere;
    }

    private Row match(PastedReply reply, Stage stage) {
        Sentence text = Sentence.of(reply.text());
        return ordered.stream()
                .filter(row -> row.when().matches(null, stage, reply.code(), reply.enhanced(), text))
                .filter(row -> isToBeSeen(row, stage))
                .filter(row -> row.when().code().low() / 100 <= reply.replyClass()
                        && row.when().code().high() / 100 >= reply.replyClass())
                .filter(row ->
                        reply.enhanced() == null || !row.when().enhanced().isEmpty() || !isGuess(reply, row))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a connection had been kept open is not to be seen in a text, unless it names the stage. */
    private static boolean isToBeSeen(Row row, Stage stage) {
        return stage != null || !row.has(Trait.REUSED_CONNECTION);
    }

    /** A row that asks for nothing but a code is no explanation of an enhanced code whose reply code is not known. */
    private static boolean isGuess(PastedReply reply, Row row) {
        return reply.code() == Condition.UNKNOWN_CODE && row.when().words().isEmpty() && !row.isFallback();
    }

    /** Rows that are told by words alone, such as {@code AADSTS7000215}, wherever in the text these stand. */
    private Optional<Found> byWords(String clean) {
        Sentence whole = Sentence.whole(clean);
        var reply = new PastedReply(Condition.UNKNOWN_CODE, null, Sentence.squeeze(clean));
        return ordered.stream()
                .filter(row -> !row.when().words().isEmpty()
                        && row.when().enhanced().isEmpty()
                        && !row.when().code().isPositive())
                .filter(row -> row.when().words().matches(whole))
                .findFirst()
                .map(row -> new Found(reply, row));
    }

    private Explanation known(Found found, Stage stage) {
        Row row = found.row;
        boolean bare = found.reply.text().isEmpty() && row.when().words().isEmpty();
        return new Explanation(
                found.reply.shown(),
                true,
                row.id(),
                Wording.where(row),
                row.has(Trait.STEP) ? null : row.verdict(),
                Wording.verdict(row),
                row.meaning(),
                row.cure(),
                row.sources(),
                bare ? others(found.reply, row) : stage == null ? elsewhere(found.reply, row) : List.of());
    }

    /** Rows with another verdict for the same reply at another stage. */
    private List<Explanation.Other> elsewhere(PastedReply reply, Row row) {
        Sentence text = Sentence.of(reply.text());
        return ordered.stream()
                .filter(other -> !other.isFallback() && isToBeSeen(other, null) && other.verdict() != row.verdict())
                .filter(other ->
                        Collections.disjoint(other.when().at(), row.when().at())
                                && !other.when().at().isEmpty()
                                && !row.when().at().isEmpty())
                .filter(other -> !other.when().enhanced().isEmpty()
                        && other.when().matches(null, null, reply.code(), reply.enhanced(), text))
                .map(Explain::other)
                .toList();
    }

    private static Explanation.Other other(Row row) {
        String words = row.when().words().shown();
        return new Explanation.Other(
                row.id(), (row.when().reply() + " " + words).strip() + " (" + Wording.where(row) + ")", row.meaning());
    }

    /** Rows for the same enhanced code, whatever their words and reply code. */
    private List<Explanation.Other> others(PastedReply reply, Row except) {
        if (reply.enhanced() == null) {
            return List.of();
        }
        return table.rows().stream()
                .filter(row -> row != except && !row.when().enhanced().isEmpty())
                .filter(row -> row.when().enhanced().matches(reply.enhanced()))
                .map(Explain::other)
                .toList();
    }

    private Explanation unknown(Found found, Stage stage) {
        PastedReply reply = found.reply;
        boolean refused = reply.replyClass() == 5;
        boolean depends = refused && stage == null;
        List<Explanation.Other> others = others(reply, found.row);
        return new Explanation(
                reply.shown(),
                false,
                null,
                null,
                depends ? null : found.row.verdict(),
                depends ? refusedSomewhere() : Wording.verdict(found.row),
                others.isEmpty()
                        ? classMeaning(found)
                        : "The code alone is not enough; the words behind it tell which of these it is.",
                found.row.cure(),
                found.row.sources(),
                others);
    }

    private static String classMeaning(Found found) {
        PastedReply reply = found.reply;
        String meaning = "The table does not know this reply. "
                + (reply.replyClass() == 5 ? "A 5xx is a refusal for good." : found.row.meaning());
        return reply.enhanced() == null
                ? meaning
                : meaning + " Its enhanced code " + Wording.subject(reply.enhanced()) + ".";
    }

    private static String refusedSomewhere() {
        return "by where it was given. Up to AUTH: " + Wording.verdict(Verdict.HOLD) + ". At RCPT: "
                + Wording.verdict(Verdict.DEAD_RECIPIENT) + ". Elsewhere: " + Wording.verdict(Verdict.DEAD_MESSAGE)
                + ".";
    }

    private static Explanation nothing(String clean) {
        return new Explanation(
                new PastedReply(Condition.UNKNOWN_CODE, null, Sentence.squeeze(clean)).shown(),
                false,
                null,
                null,
                null,
                "none",
                "There is no SMTP reply in this text.",
                "Paste the server's words with their code, such as: 550 5.7.60 SMTP; Client does not have permissions to"
                        + " send as this sender. In a bounce it stands behind Diagnostic-Code or Remote Server returned.",
                List.of(),
                List.of());
    }
}
