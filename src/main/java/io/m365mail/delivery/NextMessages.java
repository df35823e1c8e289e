package io.m365mail.delivery;

import io.m365mail.broker.LargeBodies;
import io.m365mail.event.VerdictEvents;
import io.m365mail.mail.Delivery;
import io.m365mail.smtp.Outcome;
import io.m365mail.transport.TransportConstants;
import jakarta.jms.ConnectionFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.jms.core.JmsTemplate;

/**
 * The last step of a transport's route: asks the transport's {@link ApplyVerdict} what follows, tells whoever wants to
 * know, and gives back the delivery's token for a large body. All of it belongs to the transaction that consumed the delivery.
 */
public final class NextMessages {
    private final Map<String, ApplyVerdict> verdicts;
    private final LargeBodies bodies;
    private final VerdictEvents events;
    private final JmsTemplate inTransaction;

    /** @param verdicts by the transport's name */
    public NextMessages(
            Map<String, ApplyVerdict> verdicts,
            LargeBodies bodies,
            VerdictEvents events,
            ConnectionFactory connections) {
        this.verdicts = Map.copyOf(verdicts);
        this.events = events;
        this.bodies = bodies;
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
    }

    public List<Object> next(Exchange exchange) {
        Delivery delivery = exchange.getProperty(TransportConstants.DELIVERY, Delivery.class);
        Instant notNow = exchange.getProperty(TransportConstants.NOT_NOW, Instant.class);
        ApplyVerdict verdict = verdicts.get(delivery.transport());
        List<Object> next;
        if (notNow != null) {
            next = verdict.notNow(delivery, notNow);
        } else {
            Outcome outcome = exchange.getMessage().getBody(Outcome.class);
            next = verdict.apply(delivery, outcome);
            events.tell(delivery, outcome, next);
        }
        if (delivery.content().size() > io.m365mail.mail.MailContent.LARGE) {
            inTransaction.execute(session -> {
                bodies.release(session, delivery.content());
                return null;
            });
        }
        return next;
    }
}
