package io.m365mail.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table as a whole: each row is found by its own samples, none hides another, and there is always a verdict. */
class VerdictTableTest {
    private static final List<String> TRANSPORTS = List.of("smtp-auth", "direct-send", "relay", "server");
    private static final VerdictTable TABLE = VerdictTable.load();

    @TestFactory
    Stream<DynamicTest> eachSampleIsJudgedToItsRow() {
        return TABLE.rows().stream().flatMap(row -> row.samples().stream()
                .map(sample -> DynamicTest.dynamicTest(row.id() + ": " + sample, () -> {
                    Reply reply = Reply.parse(List.of(sample));
                    for (Stage stage : stages(row)) {
                        for (String transport : transports(row)) {
                            assertThat(TABLE.judge(transport, stage, reply)
                                            .row()
                                            .id())
                                    .as("%s at %s", transport, stage)
                                    .isEqualTo(row.id());
                        }
                    }
                })));
    }

    private static Set<Stage> stages(Row row) {
        if (!row.seen().isEmpty()) {
            return row.seen();
        }
        return row.when().at().isEmpty()
                ? EnumSet.of(Stage.MAIL, Stage.RCPT, Stage.END_OF_DATA)
                : row.when().at();
    }

    private static List<String> transports(Row row) {
        return TRANSPORTS.stream().filter(t -> row.when().covers(t)).toList();
    }

    @Test
    void noRowHidesAnother() {
        List<Row> ordered =
                TABLE.rows().stream().sorted(Row.MOST_SPECIFIC_FIRST).toList();
        var hidden = new ArrayList<String>();
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = i + 1; j < ordered.size(); j++) {
                if (holdsWheneverTheOtherDoes(ordered.get(i), ordered.get(j))) {
                    hidden.add(ordered.get(i).id() + " hides " + ordered.get(j).id());
                }
            }
        }
        assertThat(hidden).isEmpty();
    }

    private static boolean holdsWheneverTheOtherDoes(Row wide, Row narrow) {
        Condition a = wide.when();
        Condition b = narrow.when();
        return TRANSPORTS.stream().filter(b::covers).allMatch(a::covers)
                && (a.at().isEmpty() || !b.at().isEmpty() && a.at().containsAll(b.at()))
                && a.code().low() <= b.code().low()
                && a.code().high() >= b.code().high()
                && (a.enhanced().isEmpty()
                        || !b.enhanced().isEmpty()
                                && b.enhanced().ranges().stream()
                                        .allMatch(r -> a.enhanced().matches(r.subject() + r.low())
                                                && a.enhanced().matches(r.subject() + r.high())))
                && (a.code().isPositive()
                        || a.words().isEmpty()
                        || narrow.samples().stream().allMatch(s -> a.words()
                                .matches(Sentence.of(Reply.parse(List.of(s)).text()))));
    }

    @Test
    void twoRowsThatBothHoldAreNeverEquallySpecificUnlessTheyAreTheSame() {
        for (Row row : TABLE.rows()) {
            for (Row other : TABLE.rows()) {
                if (row != other) {
                    assertThat(row.when()).as(row.id() + " and " + other.id()).isNotEqualTo(other.when());
                }
            }
        }
    }

    @Test
    void anyReplyGetsAVerdict() {
        long seed = System.nanoTime();
        System.out.println("VerdictTableTest seed " + seed);
        var random = new Random(seed);
        List<String> samples =
                TABLE.rows().stream().flatMap(r -> r.samples().stream()).toList();
        for (int i = 0; i < 20_000; i++) {
            String sample = samples.get(random.nextInt(samples.size()));
            int code = random.nextInt(10) == 0 ? random.nextInt(2000) - 500 : 200 + random.nextInt(400);
            Reply reply = new Reply(code, enhanced(random), mangle(sample, random));
            Stage stage = Stage.values()[random.nextInt(Stage.values().length)];
            String transport = random.nextInt(20) == 0 ? "made-up" : TRANSPORTS.get(random.nextInt(TRANSPORTS.size()));
            Ruling ruling = TABLE.judge(transport, stage, reply);
            assertThat(ruling.verdict()).isNotNull();
            if (stage.compareTo(Stage.AUTH) <= 0) {
                assertThat(ruling.verdict())
                        .as("%s at %s: %s", transport, stage, reply)
                        .isNotIn(Verdict.DEAD_MESSAGE, Verdict.DEAD_RECIPIENT);
            }
            if (code >= 400 || code < 200) {
                assertThat(ruling.verdict()).isNotEqualTo(Verdict.DELIVERED);
            }
        }
    }

    private static String enhanced(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> random.nextInt(10) + "." + random.nextInt(10) + "." + random.nextInt(1000);
            case 2 -> "5.7." + random.nextInt(1000);
            default -> List.of("", ".", "5.7.", "5.7.99999999999", "5.7.x", "x").get(random.nextInt(6));
        };
    }

    private static String mangle(String sample, Random random) {
        var out = new StringBuilder(sample.substring(Math.min(sample.length(), random.nextInt(12))));
        for (int i = random.nextInt(6); i > 0 && !out.isEmpty(); i--) {
            out.setCharAt(random.nextInt(out.length()), (char) random.nextInt(0x3000));
        }
        return random.nextInt(50) == 0 ? out.toString().repeat(200) : out.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            # the traps of the reference: within 5.7.139 the sentence decides; quotas are 5xx that time heals; and so on
            smtp-auth   | AUTH        | 535 5.7.139 authentication  UNSUCCESSFUL, the user credentials were incorrect | wrong-password
            smtp-auth   | AUTH        | 535 5.7.139 Authentication unsuccessful, the user credentials were incorrectly typed | auth-policy
            server      | END_OF_DATA | 554 4.3.2 mailbox busy | mailbox-items-limit
            server      | MAIL        | 452 4.3.2 mailbox busy | other-4xx
            smtp-auth   | AUTH        | 550 5.7.60 SMTP; Client does not have permissions | other-5xx-session
            smtp-auth   | AUTH        | 550 5.1.10 Recipient not found | other-5xx-session
            direct-send | MAIL        | 421 | closed-before-mail
            direct-send | RCPT        | 421 | other-4xx
            smtp-auth   | MAIL        | 421 4.7.66 TLS 1.0 and 1.1 are not supported. | tls-too-old
            direct-send | RCPT        | 451 4.7.650 Server busy | ip-throttled
            direct-send | RCPT        | 451 4.7.700 Server busy | other-4xx
            relay       | RCPT        | 550 5.7.64 TenantAttribution; Relay Access Denied ATTR3 | connector-mismatch
            relay       | DATA        | 451 4.4.4 no mail. ATTR55 [x ATTR5] | other-4xx
            server      | RCPT        | 550 5.7.64 something of its own | other-5xx-recipient
            relay       | RCPT        | 550 5.7.1 Unable to relay: Blocked by customer allow list | allow-list-blocks-relay
            server      | END_OF_DATA | 250 anything at all | message-accepted
            server      | END_OF_DATA | 354 go on | start-input-is-not-delivered
            server      | RCPT        | 551 no such user here | other-5xx-recipient
            server      | DATA        | 554 no valid recipients | other-5xx-message
            smtp-auth   | MAIL        | 421 4.4.2 connection to smtp.office365.com:587 lost: reset | closed-before-mail
            smtp-auth   | AUTH        | 535 5.7.0 invalid_client AADSTS7000222: expired | entra-secret-expired
            smtp-auth   | AUTH        | 454 4.7.0 AADSTS90033: transient | entra-unavailable
            """)
    void traps(String transport, Stage stage, String reply, String row) {
        Ruling ruling = TABLE.judge(transport, stage, Reply.parse(List.of(reply)));
        if (row.equals("start-input-is-not-delivered")) {
            assertThat(ruling.verdict()).isEqualTo(Verdict.RETRY);
        } else {
            assertThat(ruling.row().id()).isEqualTo(row);
        }
    }

    @Test
    void aStaleConnectionIsBlamedOnlyIfItWasKeptOpen() {
        Ruling ruling = TABLE.judge("relay", Stage.MAIL, Reply.of(421, "4.4.2 closing"));
        assertThat(ruling.verdict()).isEqualTo(Verdict.RECONNECT);
        assertThat(ruling.onFreshConnection()).isEqualTo(Verdict.RETRY);
    }

    @Test
    void eachSourceInTheFileIsUsed() throws Exception {
        String file = new String(
                VerdictTable.class.getResourceAsStream("/verdicts.yaml").readAllBytes());
        Set<String> listed = new TreeSet<>();
        file.substring(file.indexOf("\nsources:\n") + 10)
                .lines()
                .forEach(l -> listed.add(l.strip().split(":")[0]));
        Set<String> used = new TreeSet<>();
        TABLE.rows().forEach(row -> row.sources().forEach(s -> used.add(s.key())));
        assertThat(listed).isEqualTo(used);
    }
}
