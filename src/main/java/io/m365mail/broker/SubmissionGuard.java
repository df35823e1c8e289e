package io.m365mail.broker;

import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;

/**
 * Looks at each message before the embedded broker routes it. What is published is kept durably, whatever the producer
 * says: STOMP and AMQP send non-durable messages unless told otherwise. And what the producer says to the broker beside
 * the message (hide it until later, drop it as a duplicate, keep the last of a name, forge where it came from) is taken
 * off submissions: only our own properties count, and what was taken from the producer is never dropped.
 */
final class SubmissionGuard implements ActiveMQServerMessagePlugin {
    private static final List<SimpleString> STEERING = List.of(
            Message.HDR_SCHEDULED_DELIVERY_TIME,
            Message.HDR_DUPLICATE_DETECTION_ID,
            Message.HDR_BRIDGE_DUPLICATE_ID,
            Message.HDR_LAST_VALUE_NAME,
            Message.HDR_GROUP_ID,
            Message.HDR_GROUP_SEQUENCE,
            Message.HDR_ORIGINAL_ADDRESS,
            Message.HDR_ORIGINAL_QUEUE,
            Message.HDR_ORIG_MESSAGE_ID,
            Message.HDR_ACTUAL_EXPIRY_TIME);

    /** Only the body of a BytesMessage can be read as a stream; any other is in the heap as a whole, several times. */
    private static final long MAX_NOT_BYTES = 10L << 20;

    private final Set<String> submissionQueues;

    SubmissionGuard(Set<String> submissionQueues) {
        this.submissionQueues = Set.copyOf(submissionQueues);
    }

    @Override
    public void beforeSend(
            ServerSession session, Transaction tx, Message message, boolean direct, boolean noAutoCreateQueue)
            throws ActiveMQException {
        if (!message.isDurable() && !Queues.EVENTS.equals(message.getAddress())) {
            message.setDurable(true);
        }
        if (submissionQueues.contains(message.getAddress())) {
            checkSize(message);
            STEERING.forEach(message::removeProperty);
            if (message.getScheduledDeliveryTime() != null && message.getScheduledDeliveryTime() > 0) {
                message.setScheduledDeliveryTime(0L);
            }
        }
    }

    private static void checkSize(Message message) throws ActiveMQException {
        if (message instanceof ICoreMessage core
                && core.getType() != Message.BYTES_TYPE
                && message.getWholeMessageSize() > MAX_NOT_BYTES) {
            throw new ActiveMQException(
                    "A message above 10 MiB is taken as a BytesMessage only: publish the same, mail or JSON, as bytes",
                    ActiveMQExceptionType.ILLEGAL_STATE);
        }
    }
}
