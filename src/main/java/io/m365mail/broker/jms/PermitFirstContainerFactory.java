package io.m365mail.broker.jms;

import io.m365mail.limit.Gate;
import org.apache.camel.component.jms.JmsEndpoint;
import org.apache.camel.component.jms.MessageListenerContainerFactory;
import org.springframework.jms.listener.AbstractMessageListenerContainer;

/**
 * Makes the consumer of a transport's queue take a place at the gate before it receives. One bean for each transport,
 * named in its route: {@code jms:queue:…?consumerType=Custom&messageListenerContainerFactory=#bean}. The connection
 * factory must have {@code consumerWindowSize=0}, else the client library fetches messages ahead of the gate.
 */
public final class PermitFirstContainerFactory implements MessageListenerContainerFactory {
    private final Gate gate;
    private final int consumers;
    private final AfterCommit afterCommit;

    /** @param consumers how many receive at a time: the transport's connections */
    public PermitFirstContainerFactory(Gate gate, int consumers, AfterCommit afterCommit) {
        this.gate = gate;
        this.consumers = consumers;
        this.afterCommit = afterCommit;
    }

    @Override
    public AbstractMessageListenerContainer createMessageListenerContainer(JmsEndpoint endpoint) {
        return new PermitFirstListenerContainer(endpoint, gate, consumers, afterCommit);
    }
}
