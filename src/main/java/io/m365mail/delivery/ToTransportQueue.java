package io.m365mail.delivery;

import io.m365mail.broker.Queues;
import io.m365mail.mail.Delivery;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.jms.JmsConstants;

/**
 * Names the queue for the JMS producer that follows: the one of the delivery's transport, the one it waits in, or the one
 * for what is not due yet. A dynamic endpoint would say the same, but evaluates an expression and looks an endpoint up for
 * every message.
 */
public final class ToTransportQueue implements Processor {
    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        String queue = Queues.SCHEDULED;
        if (body instanceof Waiting waiting) {
            exchange.getMessage().setBody(waiting.delivery());
            queue = waiting.queue();
        } else if (body instanceof Delivery d) {
            queue = Queues.TRANSPORT_PREFIX + d.transport();
        }
        exchange.getMessage().setHeader(JmsConstants.JMS_DESTINATION_NAME, queue);
    }
}
