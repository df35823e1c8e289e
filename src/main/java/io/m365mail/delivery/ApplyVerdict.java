package io.m365mail.delivery;

import static io.m365mail.delivery.DeadLetterMaker.recipients;

import io.m365mail.broker.Queues;
import io.m365mail.config.TransportConfig;
import io.m365mail.limit.ExternalPark;
import io.m365mail.limit.Gate;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailLog;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.verdict.VerdictTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a transaction came to into what happens next: nothing more for delivered recipients, one delayed delivery
 * for those told "not now", others for those to be tried again at once, one dead letter for the dead. The caller sends
 * them in the transaction that consumed the delivery, so every recipient is in exactly one place at any time. Holding and
 * parking concern the transport alone: its deliveries go back as they were, and no attempt is counted.
 */
public final class ApplyVerdict {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyVerdict.class);

    /** After a reconnect that got nobody anywhere: long enough not to spin, too short to be noticed. */
    private static final Duration BREATH = Duration.ofSeconds(2);

    private final TransportConfig transport;
    private final Gate gate;
    private final ExternalPark externalPark;
    private final RetrySchedule schedule;
    private final HoldProof proof = new HoldProof();
    private final DeadLetterMaker letters;
    private final Clock clock;
    private final Supplier<String> ids;
    private final DeliveryCounts counts;
    private final Sorted.Context context;

    /**
     * @param type of the transport, as the table knows it
     * @param internalDomains the tenant's accepted domains
     */
    public ApplyVerdict(
            TransportConfig transport,
            String type,
            VerdictTable table,
            Gate gate,
            ExternalPark externalPark,
            Predicate<String> internalDomains,
            RetrySchedule schedule,
            Clock clock,
            Supplier<String> ids,
            DeliveryCounts counts) {
        this.transport = transport;
        this.gate = gate;
        this.externalPark = externalPark;
        this.schedule = schedule;
        this.letters = new DeadLetterMaker(clock, ids);
        this.clock = clock;
        this.ids = ids;
        this.counts = counts;
        this.context = new Sorted.Context(type, table, proof, schedule.giveUp(), clock, internalDomains);
    }

    /**
     * The messages that take the delivery's place: {@link Delivery}, {@link Waiting} and {@link DeadLetter}; empty when
     * all is done.
     */
    public List<Object> apply(Delivery delivery, Outcome outcome) {
        var sorted = new Sorted(delivery, context);
        outcome.results().forEach(sorted::add);
        settleTransport(sorted);
        log(delivery, outcome, sorted);
        count(delivery, sorted);
        return next(uncertain(delivery, outcome), outcome, sorted);
    }

    /** What takes the delivery's place where the limits' account had no room for it: itself, later. */
    public List<Object> notNow(Delivery delivery, Instant until) {
        Duration wait = Duration.between(clock.instant(), until);
        // The minute's places come back after 60 s and a margin; what is later is the day.
        if (wait.compareTo(Duration.ofMinutes(2)) > 0) {
            gate.park(
                    until,
                    "the recipients of 24 hours are used up (m365.transport." + transport.name()
                            + ".recipients-per-day=" + transport.limits().recipientsPerDay() + ")");
            return List.of(again(delivery, delivery.envelope().recipients(), null));
        }
        return List.of(again(delivery, delivery.envelope().recipients(), until));
    }

    private void settleTransport(Sorted s) {
        if (!s.delivered.isEmpty()) {
            proof.delivered();
        }
        if (s.slower != null) {
            gate.slower(s.slower);
        }
        if (s.held != null) {
            gate.hold(s.held);
        } else if (s.parkedUntil != null) {
            gate.park(s.parkedUntil, s.parked);
        } else if (s.isProbeSuccess()
                && gate.current() != null
                && gate.current().probe()) {
            gate.resume();
        }
        if (s.externalReply != null) {
            externalPark.park(
                    s.externalOfSender ? s.senderDomain() : null,
                    clock.instant().plus(s.externalPause),
                    s.externalReply);
        }
    }

    private static void log(Delivery delivery, Outcome outcome, Sorted s) {
        if (s.delivered.isEmpty()) {
            return;
        }
        String reply = outcome.results().stream()
                .filter(r -> s.delivered.contains(r.recipient()))
                .map(r -> r.reply().toString())
                .findFirst()
                .orElse("");
        MailLog.delivered(delivery, s.delivered, outcome.server(), reply);
    }

    /** A copy is none of the submission's recipients. */
    private void count(Delivery delivery, Sorted s) {
        if (delivery.copy()) {
            return;
        }
        if (!s.delivered.isEmpty()) {
            counts.delivered(transport.name(), delivery.source(), s.delivered.size());
        }
        if (!s.retry.isEmpty()) {
            counts.deferred(transport.name(), s.retry.size());
        }
        if (!s.dead.isEmpty()) {
            counts.dead(transport.name(), s.dead.size());
        }
    }

    /** Once its outcome is unknown a delivery stays with its transport, whatever comes later. */
    private static Delivery uncertain(Delivery d, Outcome outcome) {
        boolean unknown = outcome.results().stream().anyMatch(Outcome.Result::uncertain);
        return unknown ? d.asUncertain() : d;
    }

    private List<Object> next(Delivery delivery, Outcome outcome, Sorted s) {
        List<Object> next = new ArrayList<>(2);
        if (!s.waiting.isEmpty()) {
            next.add(again(delivery, s.waiting, null));
        }
        if (!s.external.isEmpty()) {
            next.add(new Waiting(numbered(again(delivery, s.external, null), next), Queues.external(transport.name())));
        }
        if (!s.onward.isEmpty()) {
            next.add(numbered(again(delivery, s.onward, null), next));
        }
        for (List<Recipient> part : parts(s)) {
            next.add(numbered(again(delivery, part, null), next));
        }
        if (!s.atOnce.isEmpty()) {
            String reply = s.atOnce.get(0).reply().toString();
            next.add(numbered(
                    delivery.putOff(
                            delivery.envelope().withRecipients(recipients(s.atOnce)),
                            clock.instant().plus(BREATH),
                            delivery.attempts(),
                            reply,
                            delivery.tried().plus(BREATH)),
                    next));
        }
        if (!s.retry.isEmpty()) {
            next.add(numbered(later(delivery, s), next));
        }
        if (!s.dead.isEmpty()) {
            next.add(letters.make(delivery, outcome, s.dead, s.givenUp));
        }
        return next;
    }

    /** The first keeps the delivery's id. */
    private Delivery numbered(Delivery d, List<Object> before) {
        return before.isEmpty() ? d : d.withId(ids.get());
    }

    private static List<List<Recipient>> parts(Sorted s) {
        List<Recipient> rest = recipients(s.split);
        if (rest.isEmpty()) {
            return List.of();
        }
        if (s.byDomain) {
            return Division.byDomain(rest);
        }
        return s.splitAll() ? Division.halves(rest) : List.of(rest);
    }

    private Delivery later(Delivery delivery, Sorted s) {
        Duration scheduled = schedule.after(delivery.attempts());
        Duration wait = s.exactly != null ? s.exactly : scheduled.compareTo(s.wait) >= 0 ? scheduled : s.wait;
        int attempts = delivery.attempts() + (s.counted ? 1 : 0);
        String reply = s.retry.get(0).reply().toString();
        LOG.info(
                "{}: {} of {} put off by {} s, attempt {}, {}: {}",
                delivery.submissionId(),
                DeadLetterMaker.count(s.retry.size()),
                transport.name(),
                wait.toSeconds(),
                attempts,
                MailLog.named(recipients(s.retry)),
                reply);
        return delivery.putOff(
                delivery.envelope().withRecipients(recipients(s.retry)),
                clock.instant().plus(wait),
                attempts,
                reply,
                delivery.tried().plus(wait));
    }

    /** The delivery as it was, no attempt counted. */
    private static Delivery again(Delivery d, List<Recipient> open, Instant notBefore) {
        return d.putOff(d.envelope().withRecipients(open), notBefore, d.attempts(), d.lastReply(), d.tried());
    }
}
