package io.m365mail.broker;

import java.util.List;
import java.util.NoSuchElementException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/**
 * Looks at the messages where they are, in this JVM: one property of each is read, nothing is copied. The broker's own
 * questions would leave out what waits for its time, or write all of it as JSON.
 */
final class OpenInEmbeddedBroker implements OpenRecipients {
    private static final SimpleString RECIPIENTS = SimpleString.of(MailMessageConverter.RECIPIENTS);

    private final ActiveMQServer server;

    OpenInEmbeddedBroker(ActiveMQServer server) {
        this.server = server;
    }

    @Override
    public Sum sum() {
        Sum sum = Sum.NONE;
        for (String name : server.getActiveMQServerControl().getQueueNames()) {
            Queue queue = Queues.holdRecipients(name) ? server.locateQueue(name) : null;
            if (queue != null) {
                sum = sum.plus(new Look(queue).sum());
            }
        }
        return sum;
    }

    /** One look at a queue's messages. */
    private static final class Look {
        private final Queue queue;
        private long messages;
        private long recipients;

        Look(Queue queue) {
            this.queue = queue;
        }

        Sum sum() {
            try (LinkedListIterator<MessageReference> ready = queue.browserIterator()) {
                while (ready.hasNext()) {
                    see(ready.next());
                }
            } catch (NoSuchElementException e) {
                // Its page was emptied between the question and the answer; what was not seen shows below.
            }
            queue.getDeliveringMessages().values().stream()
                    .flatMap(List::stream)
                    .forEach(this::see);
            queue.getScheduledMessages().forEach(this::see);
            long unseen = queue.getMessageCount() - messages;
            return new Sum(recipients + Math.max(0, unseen), unseen == 0);
        }

        private void see(MessageReference reference) {
            messages++;
            Object number = reference.getMessage().getObjectProperty(RECIPIENTS);
            recipients += number instanceof Number n ? n.longValue() : 1;
        }
    }
}
