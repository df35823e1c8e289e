package io.m365mail.intake;

import io.m365mail.broker.Queues;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.camel.Exchange;
import org.springframework.jms.core.JmsTemplate;

/**
 * Accepts a submission once, though its source may hand it over again after a crash: a marker with the source's key goes
 * to an address of its own in the transaction of the acceptance, and the broker, which remembers the last 20,000 keys in
 * its journal, refuses to commit a second one. The deliveries themselves carry no such key: a retry would be refused.
 */
public final class OnlyOnce {
    /** The exchange property with the key; without it nothing is marked. */
    public static final String KEY = "M365OnlyOnce";

    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    private final JmsTemplate inTransaction;

    public OnlyOnce(ConnectionFactory connections) {
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
    }

    public void mark(Exchange exchange) {
        String key = exchange.getProperty(KEY, String.class);
        if (key != null) {
            inTransaction.send(ActiveMQJMSClient.createTopic(Queues.SEEN), session -> {
                Message marker = session.createMessage();
                marker.setStringProperty(DUPLICATE_ID, key);
                return marker;
            });
        }
    }

    /** True where the exchange failed because its key has been accepted before. */
    public boolean isRepeat(Exchange exchange) {
        Throwable failure = exchange.getException() != null
                ? exchange.getException()
                : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ActiveMQDuplicateIdException
                    || t instanceof JMSException j && "DUPLICATE_ID_REJECTED".equals(j.getErrorCode())) {
                return true;
            }
        }
        return false;
    }
}
