package io.m365mail.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.Gate;
import io.m365mail.limit.GateListener;
import io.m365mail.limit.Gates;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import io.m365mail.verdict.Row;
import io.m365mail.verdict.Trait;
import io.m365mail.verdict.Verdict;
import io.m365mail.verdict.VerdictTable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every row of the reply table: given this reply at this stage, this happens to the message, to its other recipients and
 * to the transport. The expectation is made from what the row says, not from what the code does.
 */
class ReplyTableTest {
    private static final VerdictTable TABLE = VerdictTable.load();
    private static final Reply OK = Reply.of(250, "2.6.0 Queued mail for delivery");
    private static final Duration GIVE_UP = Duration.ofDays(5);
    private static final Recipient ANN = Recipient.of("ann@contoso.com");
    private static final Recipient BOB = Recipient.of("bob@fabrikam.com");

    @TempDir
    private Path folder;

    private final ManualClock time = new ManualClock();
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return time.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final AtomicInteger id = new AtomicInteger();
    private Store store;
    private Gates gates;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(new BundleConfig.Store("embedded", null, null), folder);
        gates = new Gates(store, time, Duration.ofMinutes(1), Duration.ofMinutes(15), GateListener.NONE);
    }

    @AfterEach
    void close() {
        gates.close();
        store.close();
    }

    /** A transport of its own for each case, so that nothing is left of the case before. */
    private final class Case {
        final TransportConfig transport;
        final Gate gate;
        final ExternalPark park;
        final ApplyVerdict verdict;
        final List<String> counted = new ArrayList<>();

        Case(String type) throws Exception {
            String name = "t" + id.incrementAndGet();
            var target = new TransportConfig.Target("127.0.0.1", 25, "off", null, null, null);
            var limits = new TransportConfig.Limits(0, 3, 0, 0, 0, 0);
            var server = new TransportConfig.Server(name, target, limits, null, null);
            transport = server;
            gate = gates.create(server);
            park = gates.externalPark();
            park.resume();
            var counts = new DeliveryCounts() {
                @Override
                public void delivered(String transport, String source, int recipients) {
                    counted.add("delivered " + recipients);
                }

                @Override
                public void deferred(String transport, int recipients) {
                    counted.add("deferred " + recipients);
                }

                @Override
                public void dead(String transport, int recipients) {
                    counted.add("dead " + recipients);
                }
            };
            verdict = new ApplyVerdict(
                    server,
                    type,
                    TABLE,
                    gate,
                    park,
                    "contoso.com"::equals,
                    new RetrySchedule(
                            new BundleConfig.Retry(Duration.ofMinutes(1), Duration.ofHours(1), GIVE_UP), new Random(1)),
                    clock,
                    () -> "new" + id.incrementAndGet(),
                    counts);
        }

        Delivery delivery(String from, Recipient... to) {
            String number = "d" + id.incrementAndGet();
            return new Delivery(
                    number,
                    "s" + number,
                    "smtp",
                    transport.name(),
                    new Envelope(from, List.of(to), false, false, null, null),
                    MailContent.of(new byte[] {'x'}),
                    4,
                    null,
                    time.now(),
                    0,
                    null,
                    null,
                    Duration.ZERO);
        }

        List<Object> apply(Delivery d, Stage stage, Reply reply) {
            return verdict.apply(d, Outcome.all(d.envelope().recipients(), stage, reply, true, "mx:25"));
        }

        /** The first recipient gets the reply, the others are accepted. */
        List<Object> applyToFirst(Delivery d, Reply reply) {
            List<Outcome.Result> results = new ArrayList<>();
            for (Recipient r : d.envelope().recipients()) {
                boolean first = results.isEmpty();
                results.add(
                        new Outcome.Result(r, first ? Stage.RCPT : Stage.END_OF_DATA, first ? reply : OK, true, false));
            }
            return verdict.apply(d, new Outcome(results, "mx:25"));
        }
    }

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

    @Test
    void aTenantLimitOnAMixedMessageSendsTheInternalPartOnAtOnce() throws Exception {
        Case c = new Case("smtp-auth");
        List<Object> next = c.apply(
                c.delivery("erp@contoso.com", ANN, BOB),
                Stage.END_OF_DATA,
                Reply.of(
                        550,
                        "5.7.233 Your message can't be sent because your tenant exceeded its daily limit"
                                + " for sending email to external recipients (tenant external recipient rate limit)"));
        assertThat(next).hasSize(2);
        Waiting waits = (Waiting) next.get(0);
        assertThat(waits.queue()).endsWith(".external");
        assertThat(waits.delivery().envelope().recipients()).containsExactly(BOB);
        Delivery goesOn = (Delivery) next.get(1);
        assertThat(goesOn.envelope().recipients()).containsExactly(ANN);
        assertThat(goesOn.notBefore()).isNull();
        assertThat(goesOn.id()).isNotEqualTo(waits.delivery().id());
    }

    @Test
    void aFaultOfOneDomainIsFoundAndConcernsItAlone() throws Exception {
        Case c = new Case("relay");
        Reply attr5 = Reply.of(
                451,
                "4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured"
                        + " in a hosted tenant which has no mail-enabled subscriptions. ATTR5");
        List<Object> next = c.apply(c.delivery("erp@contoso.com", ANN, BOB), Stage.END_OF_DATA, attr5);
        assertThat(next).hasSize(2).allSatisfy(n -> assertThat(((Delivery) n).notBefore())
                .isNull());
        Delivery guilty = (Delivery) next.get(1);
        Delivery later = only(c.apply(guilty, Stage.END_OF_DATA, attr5));
        assertThat(later.notBefore()).isAfterOrEqualTo(time.now().plus(Duration.ofMinutes(30)));
        for (int i = 0; i < 8 && later.tried().compareTo(Duration.ofHours(4)) < 0; i++) {
            later = only(c.apply(later, Stage.END_OF_DATA, attr5));
        }
        assertThat(c.apply(later, Stage.END_OF_DATA, attr5)).first().isInstanceOf(DeadLetter.class);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
    }

    @Test
    void onlyTheWaitsBetweenAttemptsUseUpTheLifetime() throws Exception {
        Case c = new Case("smtp-auth");
        Reply busy = Reply.of(451, "4.3.2 Temporary server error");
        Delivery d = c.delivery("erp@contoso.com", BOB);
        time.advance(Duration.ofDays(30));
        Delivery later = only(c.apply(d, Stage.MAIL, busy));
        Duration waits = Duration.between(time.now(), later.notBefore());
        assertThat(later.tried()).isEqualTo(waits);
        for (int i = 0; i < 500 && later != null; i++) {
            List<Object> next = c.apply(later, Stage.MAIL, busy);
            later = next.get(0) instanceof Delivery again ? again : null;
            waits = later == null ? waits : waits.plus(Duration.between(time.now(), later.notBefore()));
        }
        assertThat(waits).isBetween(GIVE_UP, GIVE_UP.plus(Duration.ofHours(2)));
        assertThat(c.counted).contains("dead 1");
    }

    @Test
    void aDeliveryInBetweenTakesTheProofAway() throws Exception {
        Case c = new Case("relay");
        Reply attr36 = Reply.of(550, "5.7.64 TenantAttribution; Relay Access Denied SMTP");
        c.apply(c.delivery("a@contoso.com", BOB), Stage.RCPT, attr36);
        c.apply(c.delivery("b@contoso.com", BOB), Stage.END_OF_DATA, OK);
        c.apply(c.delivery("c@contoso.com", BOB), Stage.RCPT, attr36);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.OPEN);
        c.apply(c.delivery("d@contoso.com", BOB), Stage.RCPT, attr36);
        assertThat(c.gate.state().mode()).isEqualTo(Gate.Mode.HELD);
    }

    @Test
    void onceUncertainAlwaysUncertain() throws Exception {
        Case c = new Case("smtp-auth");
        Delivery d = c.delivery("a@contoso.com", BOB);
        Reply lost = Reply.of(421, "4.4.2 connection lost");
        var unknown = new Outcome(List.of(new Outcome.Result(BOB, Stage.END_OF_DATA, lost, false, true)), "mx:25");
        Delivery again = only(c.verdict.apply(d, unknown));
        assertThat(again.uncertain()).isTrue();
        assertThat(only(c.apply(again, Stage.CONNECT, lost)).uncertain()).isTrue();
    }

    private static Verdict effective(Row row) {
        return row.has(Trait.REUSED_CONNECTION) ? Verdict.RETRY : row.verdict();
    }

    private static Delivery only(List<Object> next) {
        assertThat(next).hasSize(1).first().isInstanceOf(Delivery.class);
        return (Delivery) next.get(0);
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
