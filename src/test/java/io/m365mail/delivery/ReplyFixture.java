package io.m365mail.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.Gate;
import io.m365mail.limit.GateListener;
import io.m365mail.limit.Gates;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.store.Store;
import io.m365mail.testing.ManualClock;
import io.m365mail.verdict.VerdictTable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One transport of each type with a real gate, store and reply table, by a clock that the test moves. */
abstract class ReplyFixture {
    static final VerdictTable TABLE = VerdictTable.load();
    static final Reply OK = Reply.of(250, "2.6.0 Queued mail for delivery");
    static final Duration GIVE_UP = Duration.ofDays(5);
    static final Recipient ANN = Recipient.of("ann@contoso.com");
    static final Recipient BOB = Recipient.of("bob@fabrikam.com");

    @TempDir
    Path folder;

    final ManualClock time = new ManualClock();
    final Clock clock = new Clock() {
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
    final AtomicInteger id = new AtomicInteger();
    Store store;
    Gates gates;

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
    final class Case {
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

    static Delivery only(List<Object> next) {
        assertThat(next).hasSize(1).first().isInstanceOf(Delivery.class);
        return (Delivery) next.get(0);
    }
}
