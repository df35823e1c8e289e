package io.m365mail.verdict;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code docs/replies.md} from the table: rows grouped by verdict, and the sources they name. */
final class RepliesPage {
    static final String COMMAND = "./mvnw -q test -Dtest=RepliesPageTest -Dregenerate";

    private RepliesPage() {}

    static String write(List<Row> rows) {
        var page = new StringBuilder();
        page.append("# What the replies of Exchange Online mean\n\n")
                .append("Made from `src/main/resources/verdicts.yaml` by `")
                .append(COMMAND)
                .append("`; do not edit.\n")
                .append("The same table decides in delivery and answers `./m365-mail explain \"<reply>\"`.\n\n")
                .append(
                        "A reply is told by its code, its enhanced code and its leading words; case and the block in brackets\n")
                .append(
                        "at the end do not count. Where several rows fit, the one with the longer words wins, then the one with\n")
                .append("the exact code. Up to AUTH no reply blames a message.\n\n");
        for (Verdict verdict : Verdict.values()) {
            List<Row> group =
                    rows.stream().filter(row -> row.verdict() == verdict).toList();
            page.append("## ")
                    .append(verdict)
                    .append("\n\n")
                    .append(sentence(Wording.verdict(verdict)))
                    .append("\n\n");
            page.append("| Reply | Where | Meaning | Verdict | What to do | Source |\n|---|---|---|---|---|---|\n");
            group.forEach(row -> page.append(line(row)));
            page.append('\n');
        }
        page.append("## Sources\n\n");
        sources(rows).forEach((key, title) -> page.append("- **")
                .append(key)
                .append("**: ")
                .append(escape(title))
                .append('\n'));
        return page.toString();
    }

    private static String line(Row row) {
        Words words = row.when().words();
        String reply = row.when().reply().isEmpty() ? "" : "`" + row.when().reply() + "`";
        return "| "
                + String.join(
                        " | ",
                        (reply + " " + escape(words.shown())).strip() + " <br>*" + row.id() + "*",
                        escape(Wording.where(row)),
                        escape(row.meaning()),
                        escape(Wording.verdict(row)) + (row.has(Trait.ALERT) ? "; " + Trait.ALERT.words() : ""),
                        escape(row.cure()),
                        String.join(
                                ", ",
                                row.sources().stream().map(Row.Source::key).toList()))
                + " |\n";
    }

    private static Map<String, String> sources(List<Row> rows) {
        var sources = new TreeMap<String, String>();
        rows.forEach(row -> row.sources().forEach(source -> sources.put(source.key(), source.title())));
        return sources;
    }

    private static String sentence(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    private static String escape(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
    }
}
