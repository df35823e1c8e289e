package io.m365mail.broker.jms;

import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.MessageListenerContainerFactory;
import org.springframework.jms.listener.AbstractMessageListenerContainer;

/** Makes the consumers of all queues that no gate stands before. */
public final class QuietContainerFactory implements MessageListenerContainerFactory {
    private final AfterCommit afterCommit;

    public QuietContainerFactory(AfterCommit afterCommit) {
        this.afterCommit = afterCommit;
    }

    @Override
    public AbstractMessageListenerContainer createMessageListenerContainer(JmsEndpoint endpoint) {
        return new QuietListenerContainer(endpoint, afterCommit);
    }
}
