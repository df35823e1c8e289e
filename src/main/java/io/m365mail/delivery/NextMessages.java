package io.m365mail.delivery;

import io.m365mail.broker.LargeBodies;
import io.m365mail.event.VerdictEvents;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailContent;
import io.m365mail.ndr.FailureReports;
import io.m365mail.smtp.Outcome;
import io.m365mail.transport.TransportConstants;
import jakarta.jms.ConnectionFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.jms.core.JmsTemplate;

/**
 * The last step of a transport's route: asks the transport's {@link ApplyVerdict} what follows, and gives back the
 * delivery's token for a large body. Both belong to the transaction that consumed the delivery.
 */
public final class NextMessages implements Processor {
    private final Map<String, ApplyVerdict> verdicts;
    private final LargeBodies bodies;
    private final VerdictEvents events;
    private final Outages outages;
    private final FailureReports reports;
    private final JmsTemplate inTransaction;

    /** @param verdicts by the transport's name */
    public NextMessages(
            Map<String, ApplyVerdict> verdicts,
            LargeBodies bodies,
            VerdictEvents events,
            Outages outages,
            FailureReports reports,
            ConnectionFactory connections) {
        this.verdicts = Map.copyOf(verdicts);
        this.bodies = bodies;
        this.events = events;
        this.outages = outages;
        this.reports = reports;
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
    }

    /** The body becomes the list of what takes the delivery's place; it is empty where nothing is left to do. */
    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().setBody(next(exchange));
    }

    private List<Object> next(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Waiting waiting) {
            release(waiting.delivery());
            return List.of(waiting);
        }
        Delivery delivery = exchange.getProperty(TransportConstants.DELIVERY, Delivery.class);
        Instant notNow = exchange.getProperty(TransportConstants.NOT_NOW, Instant.class);
        ApplyVerdict verdict = verdicts.get(delivery.transport());
        List<Object> next = new ArrayList<>();
        if (notNow != null) {
            next.addAll(verdict.notNow(delivery, notNow));
        } else {
            Outcome outcome = exchange.getMessage().getBody(Outcome.class);
            outages.seen(delivery.transport(), outcome);
            next.addAll(verdict.apply(delivery, outcome));
            if (!delivery.copy()) {
                events.tell(
                        delivery, outcome, next.stream().map(Waiting::unwrapped).toList());
            }
            next.addAll(reports(next));
        }
        Waiting aside = exchange.getProperty(ExternalMailWaits.ASIDE, Waiting.class);
        if (aside != null) {
            next.add(aside);
        }
        release(delivery);
        return next;
    }

    private List<Delivery> reports(List<Object> next) {
        return next.stream()
                .filter(DeadLetter.class::isInstance)
                .flatMap(letter -> reports.about((DeadLetter) letter).stream())
                .toList();
    }

    private void release(Delivery consumed) {
        if (consumed.content().size() > MailContent.LARGE) {
            inTransaction.execute(session -> {
                bodies.release(session, consumed.content());
                return null;
            });
        }
    }
}
