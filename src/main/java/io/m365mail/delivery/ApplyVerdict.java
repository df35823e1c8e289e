package io.m365mail.delivery;

import io.m365mail.config.TransportConfig;
import io.m365mail.limit.Gate;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.verdict.Row;
import io.m365mail.verdict.Ruling;
import io.m365mail.verdict.Trait;
import io.m365mail.verdict.VerdictTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a transaction came to into what happens next: nothing more for delivered recipients, one delayed delivery
 * for those told "not now", one for those to be tried again at once, one dead letter for the dead. The caller sends them
 * in the transaction that consumed the delivery, so every recipient is in exactly one place at any time. Holding and
 * parking concern the transport alone: its deliveries go back as they were, and no attempt is counted.
 */
public final class ApplyVerdict {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyVerdict.class);

    /** How long a transport is parked where the reply's row in the table does not say. */
    private static final Duration PARK = Duration.ofMinutes(30);

    private final TransportConfig transport;
    private final VerdictTable table;
    private final Gate gate;
    private final RetrySchedule schedule;
    private final HoldProof proof;
    private final Clock clock;
    private final Supplier<String> ids;
    private final DeliveryCounts counts;

    public ApplyVerdict(
            TransportConfig transport,
            VerdictTable table,
            Gate gate,
            RetrySchedule schedule,
            Clock clock,
            Supplier<String> ids,
            DeliveryCounts counts) {
        this.transport = transport;
        this.table = table;
        this.gate = gate;
        this.schedule = schedule;
        this.proof = new HoldProof();
        this.clock = clock;
        this.ids = ids;
        this.counts = counts;
    }

    /** The messages that take the delivery's place: {@link Delivery} and {@link DeadLetter}; empty when all is done. */
    public List<Object> apply(Delivery delivery, Outcome outcome) {
        var sorted = new Sorted();
        for (Outcome.Result result : outcome.results()) {
            Ruling ruling = table.judge(transport.type(), result.stage(), result.reply());
            sorted.add(delivery, result, ruling);
        }
        sorted.retryWhatCannotBeSplit(delivery);
        settleGate(delivery, sorted);
        return next(delivery, outcome, sorted);
    }

    /** What takes the delivery's place where the limits' account had no room for it: itself, later. */
    public List<Object> notNow(Delivery delivery, Instant until) {
        Duration wait = Duration.between(clock.instant(), until);
        if (wait.compareTo(Duration.ofMinutes(1)) > 0) {
            gate.park(
                    until,
                    "the recipients of 24 hours are used up (m365.transport." + transport.name()
                            + ".recipients-per-day=" + transport.limits().recipientsPerDay() + ")");
            return List.of(again(delivery, delivery.envelope().recipients(), null));
        }
        return List.of(again(delivery, delivery.envelope().recipients(), until));
    }

    private void settleGate(Delivery delivery, Sorted s) {
        if (s.held != null) {
            gate.hold(s.held);
        } else if (s.parkedUntil != null) {
            gate.park(s.parkedUntil, s.parked);
        } else if (s.answered && gate.current() != null && gate.current().probe()) {
            gate.resume();
        }
        if (!s.delivered.isEmpty()) {
            counts.delivered(transport.name(), delivery.source(), s.delivered.size());
        }
    }

    private List<Object> next(Delivery delivery, Outcome outcome, Sorted s) {
        List<Object> next = new ArrayList<>(2);
        Instant now = clock.instant();
        if (!s.waiting.isEmpty()) {
            next.add(again(delivery, s.waiting, null));
        }
        for (List<Recipient> part : s.parts()) {
            next.add(again(delivery, part, null).withId(next.isEmpty() ? delivery.id() : ids.get()));
        }
        if (!s.retry.isEmpty()) {
            Duration wait = max(schedule.after(delivery.attempts()), s.wait);
            String reply = s.retry.get(0).reply().toString();
            List<Recipient> open = recipients(s.retry);
            int attempts = delivery.attempts() + (s.counted ? 1 : 0);
            next.add(delivery.putOff(
                            delivery.envelope().withRecipients(open),
                            now.plus(wait),
                            attempts,
                            reply,
                            delivery.tried().plus(wait))
                    .withId(next.isEmpty() ? delivery.id() : ids.get()));
            counts.deferred(transport.name(), open.size());
            LOG.info(
                    "{}: {} of {} put off by {} s, attempt {}: {}",
                    delivery.submissionId(),
                    count(open.size()),
                    transport.name(),
                    wait.toSeconds(),
                    attempts,
                    reply);
        }
        if (!s.dead.isEmpty()) {
            next.add(deadLetter(delivery, outcome, s.dead, now, s.givenUp));
        }
        return next;
    }

    /** The delivery as it was, no attempt counted. */
    private static Delivery again(Delivery d, List<Recipient> open, Instant notBefore) {
        return d.putOff(d.envelope().withRecipients(open), notBefore, d.attempts(), d.lastReply(), d.tried());
    }

    private DeadLetter deadLetter(
            Delivery d, Outcome outcome, List<Outcome.Result> dead, Instant now, Duration givenUp) {
        Reply first = dead.get(0).reply();
        String reason = (givenUp != null && !first.isPermanent()
                        ? "given up after " + givenUp.toHours() + " h; the last reply was "
                        : "")
                + first;
        counts.dead(transport.name(), dead.size());
        LOG.warn(
                "{}: {} of {} dead: {} (see ./m365-mail dead list)",
                d.submissionId(),
                count(dead.size()),
                transport.name(),
                reason);
        return new DeadLetter(
                ids.get(),
                now,
                d.submissionId(),
                d.source(),
                d.transport(),
                d.envelope().withRecipients(recipients(dead)),
                dead.stream()
                        .map(r -> new DeadLetter.Cause(
                                r.recipient().address(),
                                r.reply().code(),
                                r.reply().enhanced(),
                                r.reply().text(),
                                r.stage().name(),
                                outcome.server()))
                        .toList(),
                reason,
                d.attempts() + 1,
                d.priority(),
                d.submitterId(),
                d.acceptedAt(),
                d.content());
    }

    private static String count(int recipients) {
        return recipients == 1 ? "1 recipient" : recipients + " recipients";
    }

    private static List<Recipient> recipients(List<Outcome.Result> results) {
        return results.stream().map(Outcome.Result::recipient).toList();
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** The recipients of one outcome by what happens to them. */
    private final class Sorted {
        final List<Recipient> delivered = new ArrayList<>();
        final List<Outcome.Result> atOnce = new ArrayList<>();
        private Row atOnceRow;
        final List<Recipient> waiting = new ArrayList<>();
        final List<Outcome.Result> retry = new ArrayList<>();
        final List<Outcome.Result> dead = new ArrayList<>();
        Duration wait = Duration.ZERO;
        /** How long the ones were tried that are dead for having been tried too long; null where there are none. */
        Duration givenUp;
        /** True where the try counts as an attempt. */
        boolean counted;

        String held;
        String parked;
        Instant parkedUntil;
        boolean answered;

        void add(Delivery delivery, Outcome.Result r, Ruling ruling) {
            answered |= r.fromServer();
            Row row = ruling.row();
            // The pool has already tried another connection where a kept one was to blame.
            switch (ruling.onFreshConnection()) {
                case DELIVERED -> delivered.add(r.recipient());
                case RECONNECT, SPLIT -> {
                    atOnce.add(r);
                    atOnceRow = row;
                }
                case DEAD_RECIPIENT, DEAD_MESSAGE -> {
                    if (row.has(Trait.ONCE) && delivery.attempts() == 0) {
                        retry(delivery, r, row);
                    } else {
                        dead.add(r);
                    }
                }
                case RETRY -> retry(delivery, r, row);
                case PARK -> {
                    waiting.add(r.recipient());
                    parkedUntil = clock.instant().plus(row.pause() == null ? PARK : row.pause());
                    parked = r.reply().toString();
                }
                case HOLD -> {
                    // A blocked account or a wrong password concerns every sender of the transport: one reply is proof.
                    if (!row.has(Trait.NEEDS_TWO_SENDERS)
                            || proof.proves(
                                    r.stage(), r.reply(), delivery.envelope().from())) {
                        held = r.reply().toString();
                        waiting.add(r.recipient());
                    } else {
                        retry(delivery, r, row);
                    }
                }
            }
        }

        /** A transaction for one recipient alone that is "too many" would be so for ever. */
        void retryWhatCannotBeSplit(Delivery delivery) {
            if (delivered.isEmpty() && atOnce.size() == 1) {
                retry(delivery, atOnce.remove(0), atOnceRow);
            }
        }

        /** Who is tried again at once: together after a transaction that took some, in halves after one that took none. */
        List<List<Recipient>> parts() {
            List<Recipient> all = recipients(atOnce);
            if (all.isEmpty() || !delivered.isEmpty()) {
                return all.isEmpty() ? List.of() : List.of(all);
            }
            int half = all.size() / 2;
            return List.of(all.subList(0, half), all.subList(half, all.size()));
        }

        private void retry(Delivery delivery, Outcome.Result r, Row row) {
            Duration lifetime = row.giveUp() == null || row.giveUp().compareTo(schedule.giveUp()) > 0
                    ? schedule.giveUp()
                    : row.giveUp();
            if (delivery.tried().compareTo(lifetime) >= 0) {
                givenUp = lifetime;
                dead.add(r);
                return;
            }
            retry.add(r);
            wait = max(wait, row.pause() == null ? Duration.ZERO : row.pause());
            counted |= !row.has(Trait.NO_ATTEMPT);
        }
    }
}
