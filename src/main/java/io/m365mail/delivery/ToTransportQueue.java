package io.m365mail.delivery;

import io.m365mail.broker.Queues;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Queued;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.jms.JmsConstants;

/**
 * Names the queue of the delivery's transport, or the one for what is not due yet, for the JMS producer that follows. A dynamic endpoint would say the same,
 * but evaluates an expression and looks an endpoint up for every message.
 */
public final class ToTransportQueue implements Processor {
    @Override
    public void process(Exchange exchange) {
        Queued queued = exchange.getMessage().getBody(Queued.class);
        String queue = queued instanceof Delivery d ? Queues.TRANSPORT_PREFIX + d.transport() : Queues.SCHEDULED;
        exchange.getMessage().setHeader(JmsConstants.JMS_DESTINATION_NAME, queue);
    }
}
