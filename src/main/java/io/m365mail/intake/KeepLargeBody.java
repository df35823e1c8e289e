package io.m365mail.intake;

import io.m365mail.broker.LargeBodies;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Queued;
import jakarta.jms.ConnectionFactory;
import java.time.Clock;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.jms.core.JmsTemplate;

/**
 * Stores a large body once for all the deliveries that carry it, inside the transaction of the acceptance. Ordinary
 * bodies travel in the deliveries themselves.
 */
public final class KeepLargeBody implements Processor {
    private final LargeBodies bodies;
    private final JmsTemplate inTransaction;
    private final Clock clock;

    public KeepLargeBody(LargeBodies bodies, ConnectionFactory connections, Clock clock) {
        this.bodies = bodies;
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
        this.clock = clock;
    }

    /** The body is a list of what is to be queued, before and after. */
    @Override
    @SuppressWarnings("unchecked") // ChooseTransports made the list
    public void process(Exchange exchange) {
        var queued = (List<? extends Queued>) exchange.getMessage().getBody();
        if (queued.stream().anyMatch(q -> q.content().size() > MailContent.LARGE)) {
            exchange.getMessage().setBody(keep(queued));
        }
    }

    private List<? extends Queued> keep(List<? extends Queued> deliveries) {
        Map<MailContent, MailContent> stored = new IdentityHashMap<>();
        return deliveries.stream()
                .map(d -> d.content().size() <= MailContent.LARGE
                        ? d
                        : d.withContent(stored.computeIfAbsent(d.content(), c -> store(d.id(), c))))
                .toList();
    }

    /** The content as a dead letter or a delivery may hold it. */
    public MailContent keepOne(String id, MailContent content) {
        return content.size() <= MailContent.LARGE ? content : store(id, content);
    }

    private MailContent store(String id, MailContent content) {
        return inTransaction.execute(session -> {
            try {
                return bodies.store(session, id, clock.millis(), content);
            } catch (java.io.IOException | org.apache.activemq.artemis.api.core.ActiveMQException e) {
                var failure = new jakarta.jms.JMSException("A large body cannot be stored: " + e.getMessage());
                failure.initCause(e);
                throw failure;
            }
        });
    }
}
