package io.m365mail.broker.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import org.apache.camel.component.jms.JmsEndpoint;

/**
 * Consumers that may wait long for a message, since stopping ends the wait: an idle queue then costs nothing, where the
 * usual container looks once a second and opens a transaction and a consumer for it. Only for containers that make a
 * consumer for each receive ({@code CACHE_NONE}, as with a transaction manager): the one that waits is closed.
 */
public final class PromptStopListenerContainer extends QuietListenerContainer {
    private final OpenReceives receives = new OpenReceives();

    public PromptStopListenerContainer(JmsEndpoint endpoint) {
        super(endpoint, null);
    }

    @Override
    public void initialize() {
        setCacheLevel(CACHE_NONE);
        super.initialize();
    }

    @Override
    protected Message receiveMessage(MessageConsumer consumer) throws JMSException {
        // One that comes after the stop has looked must not begin to wait.
        return receives.by(consumer, () -> isRunning() ? super.receiveMessage(consumer) : null);
    }

    @Override
    protected void doStop() throws JMSException {
        super.doStop();
        receives.end();
    }

    @Override
    protected void doShutdown() throws JMSException {
        receives.end();
        super.doShutdown();
    }
}
