package io.m365mail.handover;

import io.m365mail.broker.Queues;
import io.m365mail.config.TransportConfig;
import io.m365mail.delivery.DeliveryCounts;
import io.m365mail.delivery.Waiting;
import io.m365mail.intake.TransportChoice;
import io.m365mail.intake.TransportParts;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailLog;
import io.m365mail.mail.Recipient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a delivery that leaves a queue without having been sent: it goes to the transport that takes the queue
 * over, back to its own, or to one that is chosen anew. Each keeps its id, its attempts and its age.
 */
public final class MoveRules {
    private static final Logger LOG = LoggerFactory.getLogger(MoveRules.class);

    private final TransportChoice choice;
    private final TransportParts parts;
    private final Clock clock;
    private final Supplier<String> ids;
    private final DeliveryCounts counts;

    public MoveRules(
            TransportChoice choice, TransportParts parts, Clock clock, Supplier<String> ids, DeliveryCounts counts) {
        this.choice = choice;
        this.parts = parts;
        this.clock = clock;
        this.ids = ids;
        this.counts = counts;
    }

    /** Back to its transport's queue, to be tried at once. */
    public List<Object> back(Delivery d) {
        return List.of(d.putOff(d.envelope(), null, d.attempts(), d.lastReply(), d.tried()));
    }

    /**
     * To another transport. What stays is kept aside until its transport has its queue again: one whose outcome is unknown,
     * which the first server may have delivered; a copy, which belongs to that server alone; and recipients that the other
     * transport cannot carry, or a sender that it may not send for, since there they would only die.
     */
    public List<Object> to(TransportConfig target, Delivery d) {
        if (d.uncertain() || d.copy()) {
            return List.of(aside(d, d.envelope().recipients()));
        }
        List<Recipient> go = new ArrayList<>();
        List<Recipient> stay = new ArrayList<>();
        String obstacle = null;
        for (Recipient r : d.envelope().recipients()) {
            String against = choice.obstacle(target, d.envelope().from(), r.address());
            (against == null ? go : stay).add(r);
            obstacle = obstacle == null ? against : obstacle;
        }
        List<Object> all = go.isEmpty() ? new ArrayList<>() : new ArrayList<>(moved(d, target, go));
        if (!stay.isEmpty()) {
            LOG.warn("{}: {} stay with {}: {}", d.submissionId(), MailLog.named(stay), d.transport(), obstacle);
            all.add(aside(all.isEmpty() ? d : d.withId(ids.get()), stay));
        }
        return all;
    }

    private static Waiting aside(Delivery d, List<Recipient> recipients) {
        Delivery asItWas =
                d.putOff(d.envelope().withRecipients(recipients), null, d.attempts(), d.lastReply(), d.tried());
        return new Waiting(asItWas, Queues.kept(d.transport()));
    }

    private List<Delivery> moved(Delivery d, TransportConfig target, List<Recipient> recipients) {
        List<Delivery> all = new ArrayList<>();
        for (TransportParts.Part part :
                parts.of(target, d.submissionId(), d.envelope().withRecipients(recipients), d.content())) {
            Delivery moved = d.movedTo(target.name(), part.envelope()).withContent(part.content());
            all.add(all.isEmpty() ? moved : moved.withId(ids.get()));
        }
        return all;
    }

    /** For a transport that is gone from the configuration: each recipient's transport is chosen anew. */
    public List<Object> anew(Delivery d) {
        Map<TransportConfig, List<Recipient>> chosen = new LinkedHashMap<>();
        List<Recipient> none = new ArrayList<>();
        String reason = copyWithout(d.transport());
        int count = d.envelope().recipients().size();
        for (Recipient r : d.envelope().recipients()) {
            var c = d.copy() ? null : choice.choose(d.source(), d.envelope().from(), r.address(), d.priority(), count);
            if (c == null || c.transport() == null) {
                none.add(r);
                reason = c == null ? reason : c.reason();
            } else {
                chosen.computeIfAbsent(c.transport(), t -> new ArrayList<>()).add(r);
            }
        }
        List<Object> all = new ArrayList<>();
        chosen.forEach((transport, recipients) ->
                moved(d, transport, recipients).forEach(m -> all.add(all.isEmpty() ? m : m.withId(ids.get()))));
        if (!none.isEmpty()) {
            all.add(dead(d, none, reason));
        }
        return all;
    }

    /**
     * For a dead letter's replay: the transport of before where it can carry the recipient, else one that is chosen anew,
     * since there it would only die again. A copy belongs to its server alone.
     *
     * @throws IllegalStateException where nothing carries one of the recipients
     */
    public List<Delivery> again(Delivery d) {
        Map<TransportConfig, List<Recipient>> ways = new LinkedHashMap<>();
        for (Recipient r : d.envelope().recipients()) {
            ways.computeIfAbsent(way(d, r.address()), t -> new ArrayList<>()).add(r);
        }
        List<Delivery> all = new ArrayList<>();
        ways.forEach((transport, recipients) -> {
            if (transport.name().equals(d.transport())) {
                Envelope open = d.envelope().withRecipients(recipients);
                all.add(d.movedTo(d.transport(), open).withId(all.isEmpty() ? d.id() : ids.get()));
            } else {
                LOG.info("{}: {} go by {} now", d.submissionId(), MailLog.named(recipients), transport.name());
                moved(d, transport, recipients).forEach(m -> all.add(all.isEmpty() ? m : m.withId(ids.get())));
            }
        });
        return all;
    }

    private TransportConfig way(Delivery d, String to) {
        TransportConfig before = choice.transport(d.transport());
        String from = d.envelope().from();
        if (before != null && (d.copy() || choice.obstacle(before, from, to) == null)) {
            return before;
        }
        if (d.copy()) {
            throw new IllegalStateException(copyWithout(d.transport()));
        }
        int count = d.envelope().recipients().size();
        var chosen = choice.choose(d.source(), from, to, d.priority(), count);
        if (chosen.transport() == null) {
            throw new IllegalStateException(chosen.reason());
        }
        return chosen.transport();
    }

    private static String copyWithout(String transport) {
        return "transport " + transport + " is not configured any more, and the copy was meant for it";
    }

    private DeadLetter dead(Delivery d, List<Recipient> recipients, String reason) {
        String id = ids.get();
        LOG.warn(
                "{}: {} of {} dead{}: {} (./m365-mail dead show {})",
                d.submissionId(),
                MailLog.named(recipients),
                d.transport(),
                d.copy() ? " (a copy or a report: no recipient of the message is concerned)" : "",
                reason,
                id);
        if (!d.copy()) {
            counts.dead(d.transport(), recipients.size());
        }
        return new DeadLetter(
                id,
                clock.instant(),
                d.submissionId(),
                d.source(),
                d.transport(),
                d.envelope().withRecipients(recipients),
                recipients.stream()
                        .map(r -> new DeadLetter.Cause(r.address(), 550, "5.7.1", reason, null, null))
                        .toList(),
                reason,
                d.attempts(),
                d.priority(),
                d.submitterId(),
                d.acceptedAt(),
                d.content(),
                d.copy());
    }
}
