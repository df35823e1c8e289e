package io.m365mail.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.limit.Gate;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.verdict.Row;
import io.m365mail.verdict.Trait;
import io.m365mail.verdict.Verdict;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the reply table: given this reply at this stage, this happens to the message, to its other recipients and
 * to the transport. The expectation is made from what the row says, not from what the code does.
 */
class ReplyTableTest extends ReplyFixture {
    static Stream<Row> refusals() {
        return TABLE.rows().stream().filter(r -> r.verdict() != Verdict.DELIVERED);
    }

    @TestFactory
    Stream<DynamicTest> everyRowDoesWhatItSays() {
        return refusals().flatMap(row -> Stream.of("smtp-auth", "direct-send", "relay", "server")
                .filter(row.when()::covers)
                .flatMap(type -> stages(row).stream()
                        .map(stage -> DynamicTest.dynamicTest(
                                row.id() + " at " + stage + " of " + type, () -> check(row, type, stage)))));
    }

    /** A reply to RCPT concerns that recipient: whoever was accepted beside it is delivered and never sent again. */
    @TestFactory
    Stream<DynamicTest> noReplyToOneRecipientTouchesTheOthers() {
        return refusals().filter(row -> stages(row).contains(Stage.RCPT)).flatMap(row -> Stream.of("smtp-auth", "relay")
                .filter(row.when()::covers)
                .map(type -> DynamicTest.dynamicTest(row.id() + " of " + type, () -> {
                    Case c = new Case(type);
                    Reply reply = sample(row, type, Stage.RCPT);
                    List<Object> next =
                            c.applyToFirst(c.delivery("erp@contoso.com", BOB, ANN, Recipient.of("x@y.org")), reply);
                    assertThat(c.counted).contains("delivered 2");
                    assertThat(next).hasSize(1);
                    assertThat(recipients(next)).containsExactly("bob@fabrikam.com");
                })));
    }

    private void check(Row row, String type, Stage stage) throws Exception {
        Case c = new Case(type);
        Reply reply = sample(row, type, stage);
        Delivery d = c.delivery("erp@contoso.com", BOB, Recipient.of("eve@fabrikam.com"));
        List<Object> next = c.apply(d, stage, reply);
        assertThat(recipients(next))
                .as("nobody is lost or doubled")
                .containsExactlyInAnyOrder("bob@fabrikam.com", "eve@fabrikam.com");
        boolean session = stage.compareTo(Stage.MAIL) < 0;
        switch (effective(row)) {
            case RETRY -> retried(row, d, next, c);
            case RECONNECT -> {
                Delivery again = only(next);
                assertThat(again.attempts()).isZero();
                assertThat(Duration.between(time.now(), again.notBefore()))
                        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
                retried(row, again, c.apply(again, stage, reply), c);
            }
            case SPLIT -> {
                assertThat(next).hasSize(2);
                Delivery half = (Delivery) next.get(0);
                assertThat(half.notBefore()).isNull();
                assertThat(half.attempts()).isZero();
                assertThat(only(c.apply(half, stage, reply)).notBefore()).isAfter(time.now());
            }
            case PARK -> parked(row, type, next, c);
            case HOLD -> {
                if (!session) {
                    assertThat(c.gate.state().mode())
                            .as("one message proves nothing")
                            .isEqualTo(Gate.Mode.OPEN);
                    assertThat(only(next).notBefore()).isAfter(time.now());
                    Delivery same = only(c.apply(only(next), stage, reply));
                    assertThat(c.gate.state().mode())
                            .as("the same message again")
                            .isEqualTo(Gate.Mode.OPEN);
                    assertThat(same.attempts()).isEqualTo(row.has(Trait.NO_ATTEMPT) ? 0 : 2);
                    String other = row.has(Trait.NEEDS_TWO_SENDERS) ? "hr@contoso.com" : "erp@contoso.com";
                    next = c.apply(c.delivery(other, BOB), stage, reply);
                }
                assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.HELD);
                assertThat(c.gate.state().reason()).contains(String.valueOf(reply.code()));
                assertThat(only(next).notBefore()).as("it waits in the queue").isNull();
                assertThat(only(next).attempts()).isZero();
            }
            case DEAD_MESSAGE, DEAD_RECIPIENT -> {
                if (row.has(Trait.ONCE)) {
                    Delivery later = only(next);
                    assertThat(Duration.between(time.now(), later.notBefore())).isGreaterThanOrEqualTo(row.pause());
                    next = c.apply(later, stage, reply);
                }
                DeadLetter letter = (DeadLetter) next.get(0);
                assertThat(next).hasSize(1);
                assertThat(letter.causes()).hasSize(2).allSatisfy(cause -> {
                    assertThat(cause.code()).isEqualTo(reply.code());
                    assertThat(cause.server()).isEqualTo("mx:25");
                    assertThat(cause.stage()).isEqualTo(stage.name());
                });
                assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
                assertThat(c.counted).contains("dead 2");
            }
            default -> throw new AssertionError(row.verdict());
        }
    }

    private void retried(Row row, Delivery before, List<Object> next, Case c) {
        Delivery later = only(next);
        Duration wait = Duration.between(time.now(), later.notBefore());
        if (row.pause() != null) {
            assertThat(wait).isGreaterThanOrEqualTo(row.pause());
        }
        assertThat(wait).isBetween(Duration.ofSeconds(5), Duration.ofHours(3));
        assertThat(later.attempts()).isEqualTo(before.attempts() + (row.has(Trait.NO_ATTEMPT) ? 0 : 1));
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
        assertThat(c.gate.connections()).isEqualTo(row.has(Trait.SLOW_DOWN) ? 1 : 3);
        assertThat(c.park.state()).isNull();
    }

    private void parked(Row row, String type, List<Object> next, Case c) {
        if (row.has(Trait.EXTERNAL_ONLY) && type.equals("server")) {
            assertThat(only(next).notBefore()).isAfter(time.now());
        } else if (row.has(Trait.EXTERNAL_ONLY)) {
            assertThat(next).hasSize(1).first().isInstanceOf(Waiting.class);
            assertThat(c.gate.state().mode()).as("internal mail goes on").isEqualTo(Gate.Mode.OPEN);
            assertThat(c.park.waits("contoso.com")).isTrue();
            assertThat(c.park.waits("other.com")).isEqualTo(!row.has(Trait.SENDER_DOMAIN));
            time.advance(row.pause());
            assertThat(c.park.waits("contoso.com")).isFalse();
        } else {
            assertThat(only(next).notBefore()).isNull();
            assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.PARKED);
            assertThat(c.gate.state().until()).isEqualTo(time.now().plus(row.pause()));
        }
    }

    private static Verdict effective(Row row) {
        return row.has(Trait.REUSED_CONNECTION) ? Verdict.RETRY : row.verdict();
    }

    private static List<String> recipients(List<Object> next) {
        return next.stream()
                .flatMap(n -> (n instanceof Waiting w
                                ? w.delivery().envelope()
                                : n instanceof Delivery d ? d.envelope() : ((DeadLetter) n).envelope())
                        .recipients().stream())
                .map(Recipient::address)
                .toList();
    }

    private static Reply sample(Row row, String type, Stage stage) {
        Reply reply = Reply.parse(List.of(row.samples().get(0)));
        assertThat(TABLE.judge(type, stage, reply).row().id()).isEqualTo(row.id());
        return reply;
    }

    private static Set<Stage> stages(Row row) {
        if (!row.seen().isEmpty()) {
            return row.seen();
        }
        return row.when().at().isEmpty()
                ? EnumSet.of(Stage.MAIL, Stage.RCPT, Stage.END_OF_DATA)
                : row.when().at();
    }
}
