package io.m365mail.handover;

import io.m365mail.broker.LargeBodies;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailContent;
import jakarta.jms.ConnectionFactory;
import java.util.List;
import java.util.function.Function;
import org.springframework.jms.core.JmsTemplate;

/**
 * The step of a hand-over route: what takes a delivery's place elsewhere. The route sends it in the transaction that took
 * the delivery out of its queue, so it is in exactly one queue at any time.
 */
public final class Readdress {
    private final Function<Delivery, List<Object>> rule;
    private final LargeBodies bodies;
    private final JmsTemplate inTransaction;

    public Readdress(Function<Delivery, List<Object>> rule, LargeBodies bodies, ConnectionFactory connections) {
        this.rule = rule;
        this.bodies = bodies;
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
    }

    public List<Object> next(Delivery delivery) {
        List<Object> next = rule.apply(delivery);
        if (delivery.content().size() > MailContent.LARGE) {
            inTransaction.execute(session -> {
                bodies.release(session, delivery.content());
                return null;
            });
        }
        return next;
    }
}
