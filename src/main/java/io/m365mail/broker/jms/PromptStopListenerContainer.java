package io.m365mail.broker.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.component.jms.JmsEndpoint;
import org.springframework.jms.support.JmsUtils;

/**
 * Consumers that may wait long for a message, since stopping ends the wait: an idle queue then costs nothing, where the
 * usual container looks once a second and opens a transaction and a consumer for it. Only for containers that make a
 * consumer for each receive ({@code CACHE_NONE}, as with a transaction manager): the one that waits is closed.
 */
public final class PromptStopListenerContainer extends QuietListenerContainer {
    private final Set<MessageConsumer> receiving = new HashSet<>();

    public PromptStopListenerContainer(JmsEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public void initialize() {
        setCacheLevel(CACHE_NONE);
        super.initialize();
    }

    @Override
    protected Message receiveMessage(MessageConsumer consumer) throws JMSException {
        synchronized (receiving) {
            receiving.add(consumer);
        }
        try {
            // One that comes after the stop has looked must not begin to wait.
            return isRunning() ? super.receiveMessage(consumer) : null;
        } finally {
            synchronized (receiving) {
                receiving.remove(consumer);
            }
        }
    }

    @Override
    protected void doStop() throws JMSException {
        super.doStop();
        endReceives();
    }

    @Override
    protected void doShutdown() throws JMSException {
        endReceives();
        super.doShutdown();
    }

    /** A receive ends when its consumer is closed (Jakarta Messaging, MessageConsumer.close). */
    private void endReceives() {
        List<MessageConsumer> open;
        synchronized (receiving) {
            open = List.copyOf(receiving);
        }
        open.forEach(JmsUtils::closeMessageConsumer);
    }
}
