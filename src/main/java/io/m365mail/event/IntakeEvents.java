package io.m365mail.event;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Queued;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Processor;

/**
 * Tells what became of a submission before any transport had it, in the transaction of whoever calls: accepted, refused
 * for good where nobody could be answered, or taken back.
 */
public final class IntakeEvents {
    private final EventPublisher publisher;
    private final Clock clock;

    public IntakeEvents(EventPublisher publisher, Clock clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /** For the route: tells of the body, the list of what was queued for a submission. */
    @SuppressWarnings("unchecked") // ChooseTransports made the list
    public Processor acceptance() {
        return x -> accepted((List<? extends Queued>) x.getMessage().getBody());
    }

    /** One event for all the deliveries of a submission. */
    private void accepted(List<? extends Queued> withCopies) {
        List<? extends Queued> deliveries = withCopies.stream()
                .filter(q -> !(q instanceof Delivery d && d.copy()))
                .toList();
        Queued first = deliveries.get(0);
        if (!publisher.wanted(first.source())) {
            return;
        }
        List<String> transports =
                deliveries.stream().map(IntakeEvents::transport).distinct().toList();
        publisher.publish(new MailEvent(
                MailEvent.ACCEPTED,
                first.submissionId(),
                first.submitterId(),
                first.source(),
                transports.size() == 1 ? transports.get(0) : null,
                MailEvent.time(clock.instant()),
                null,
                deliveries.stream()
                        .flatMap(d -> d.envelope().recipients().stream()
                                .map(r -> new MailEvent.To(r.address(), transport(d), null)))
                        .toList()));
    }

    /** What is scheduled has none yet. */
    private static String transport(Queued queued) {
        return queued instanceof Delivery d ? d.transport() : null;
    }

    /** A submission that became a dead letter at the door. */
    public void refused(DeadLetter letter) {
        String source = Objects.requireNonNullElse(letter.source(), "");
        whole(
                MailEvent.DEAD,
                letter.submissionId(),
                letter.submitterId(),
                source,
                letter.reason(),
                letter.envelope().recipients().stream()
                        .map(r -> new MailEvent.To(r.address(), null, null))
                        .toList());
    }

    /** A submission that was refused where its submitter finds the reason, and became no dead letter. */
    public void refusedWithoutLetter(String source, String submitterId, String reason) {
        whole(MailEvent.DEAD, null, submitterId, source, reason, List.of());
    }

    /** A scheduled submission that never leaves. */
    public void cancelled(String submissionId, String submitterId, String source) {
        whole(MailEvent.CANCELLED, submissionId, submitterId, source, null, List.of());
    }

    private void whole(
            String type,
            String submissionId,
            String submitterId,
            String source,
            String reason,
            List<MailEvent.To> recipients) {
        if (publisher.wanted(source)) {
            String time = MailEvent.time(clock.instant());
            publisher.publish(new MailEvent(type, submissionId, submitterId, source, null, time, reason, recipients));
        }
    }
}
