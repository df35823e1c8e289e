package io.m365mail.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Pasted texts, one a file in {@code src/test/resources/explain}: {@code row: ID}, or {@code row: none} and the verdict
 * where there is one all the same; then a blank line and the text.
 */
class ExplainTest {
    private static final Explain EXPLAIN = new Explain(VerdictTable.load());

    @TestFactory
    Stream<DynamicTest> pastedTexts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/explain"))) {
            return files.sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        String[] parts = Files.readString(file).split("\n\n", 2);
                        String[] expected = parts[0].substring("row: ".length()).split(" ");
                        Explanation explanation = EXPLAIN.explain(parts[1]);
                        assertThat(explanation.known() ? explanation.row() : "none")
                                .as(explanation.toString())
                                .isEqualTo(expected[0]);
                        assertThat(explanation.meaning()).isNotBlank();
                        assertThat(explanation.cure()).isNotBlank();
                        assertThat(explanation.verdictWords()).isNotBlank();
                        if (!explanation.known()) {
                            assertThat(explanation.verdict())
                                    .isEqualTo(expected.length > 1 ? Verdict.valueOf(expected[1]) : null);
                        }
                    }));
        }
    }

    @TestFactory
    Stream<DynamicTest> eachRefusalOfTheTableExplainsItself() {
        return VerdictTable.load().rows().stream()
                .filter(row -> !row.isFallback() && !row.has(Trait.REUSED_CONNECTION))
                .flatMap(row -> row.samples().stream()
                        .map(sample -> DynamicTest.dynamicTest(row.id() + ": " + sample, () -> {
                            // Without the transport and the stage, rows that differ only in these are one to explain.
                            Explanation explanation = EXPLAIN.explain(sample);
                            assertThat(explanation.known())
                                    .as(explanation.toString())
                                    .isTrue();
                            assertThat(explanation.verdict() == (row.has(Trait.STEP) ? null : row.verdict())
                                            || explanation.others().stream().anyMatch(other -> other.row()
                                                    .equals(row.id())))
                                    .as(explanation.toString())
                                    .isTrue();
                        })));
    }

    @Test
    void anUnknownRefusalSaysWhatItsClassMeans() {
        Explanation explanation = EXPLAIN.explain("550 5.2.99 no");
        assertThat(explanation.meaning()).contains("does not know", "5xx", "a mailbox");
        assertThat(explanation.verdictWords()).contains("Up to AUTH", "At RCPT");
    }

    @Test
    void aCodeThatHasSeveralMeaningsNamesThemAll() {
        assertThat(EXPLAIN.explain("5.4.1").others())
                .extracting(Explanation.Other::row)
                .containsExactlyInAnyOrder("domain-not-hosted", "recipient-unknown-edge");
        assertThat(EXPLAIN.explain("535 5.7.139").others())
                .extracting(Explanation.Other::row)
                .contains("wrong-password", "conditional-access", "basic-disabled");
    }

    @Test
    void rendersInTheWidthAsked() {
        String text = EXPLAIN.explain("550 5.7.64 TenantAttribution; Relay Access Denied SMTP [X]")
                .render(72);
        assertThat(text)
                .startsWith("Reply       550 5.7.64 TenantAttribution; Relay Access Denied SMTP [X]\n")
                .contains(
                        "\nMeaning     No inbound connector matches.",
                        "\nVerdict     HOLD: ",
                        "\nWhat to do  ",
                        "\nSource      [NDR] ");
        assertThat(text.lines().filter(line -> line.strip().contains(" "))).allMatch(line -> line.length() <= 72);
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        String text = EXPLAIN.explain("550 5.7.60 \u001b[31mred\u0007\u202egnp.exe\u009b2J\r\rforged: line\u2028x")
                .render(80);
        assertThat(text.codePoints()
                        .filter(c -> c != '\n' && c < 32 || c >= 0x7f && c < 0xa0 || c == 0x202e || c == 0x2028))
                .isEmpty();
    }

    @Test
    void hostileTextsTakeNoTime() {
        List<String> texts = List.of(
                "550-".repeat(300_000),
                "5.7.1 ".repeat(200_000),
                "550 5.7.1 " + "[".repeat(1_000_000),
                "]".repeat(1_000_000),
                " ".repeat(1_000_000) + "550",
                "\n".repeat(1_000_000),
                "550 ".repeat(250_000),
                "4.".repeat(500_000),
                "\n550 a".repeat(100_000),
                "aadsts".repeat(100_000),
                "550 5.7.1\n" + "\t".repeat(1_000_000));
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> texts.forEach(text -> EXPLAIN.explain(text).render(80)));
    }

    @Test
    void garbageAlwaysGetsAnAnswer() {
        long seed = System.nanoTime();
        System.out.println("ExplainTest seed " + seed);
        var random = new Random(seed);
        String alphabet = "0123456789.- \n\r\t[]():;'\"<>#=ABCabc\u001b\u00e9\ud83d\udce7|*";
        for (int i = 0; i < 3_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                if (random.nextInt(6) == 0) {
                    text.append(200 + random.nextInt(400))
                            .append(" 5.")
                            .append(random.nextInt(9))
                            .append('.')
                            .append(random.nextInt(800));
                }
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Explanation explanation = EXPLAIN.explain(text.toString());
            assertThat(explanation.verdictWords()).as(text.toString()).isNotBlank();
            assertThat(explanation.render(random.nextInt(300) - 50)).isNotBlank();
        }
    }
}
