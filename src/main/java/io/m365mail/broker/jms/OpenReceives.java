package io.m365mail.broker.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jms.support.JmsUtils;

/** The consumers of a container that wait for a message now, so that who stops it can end their wait. */
final class OpenReceives {
    private final Set<MessageConsumer> open = new HashSet<>();

    /** Receives once. */
    @FunctionalInterface
    interface Receive {
        Message receive() throws JMSException;
    }

    /** Known as waiting while it receives. Who comes after {@link #end} must find out by itself that it is over. */
    Message by(MessageConsumer consumer, Receive receive) throws JMSException {
        synchronized (open) {
            open.add(consumer);
        }
        try {
            return receive.receive();
        } finally {
            synchronized (open) {
                open.remove(consumer);
            }
        }
    }

    /** A receive ends when its consumer is closed (Jakarta Messaging, MessageConsumer.close). */
    void end() {
        List<MessageConsumer> now;
        synchronized (open) {
            now = List.copyOf(open);
        }
        now.forEach(JmsUtils::closeMessageConsumer);
    }
}
