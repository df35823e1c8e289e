package io.m365mail.event;

import io.m365mail.broker.Queues;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.core.MessageCreator;

/**
 * Sends an event in the transaction that is open on this thread, so that it is published exactly when what it tells of is
 * committed: to {@code m365.events} while somebody listens there, and to the durable queue {@code m365.outcome.<source>}
 * of a source that reports back. Does nothing where neither is the case. What was delivered goes to {@code m365.sent} too
 * where bounces are looked for.
 */
public final class EventPublisher {
    /** How long an event waits for a subscriber that is away. */
    static final Duration LIFETIME = Duration.ofHours(24);

    /** The property that says which event it is, for selectors. */
    public static final String TYPE = "M365Event";

    /** The property with the source's name, for selectors. */
    public static final String SOURCE = "M365Source";

    /** The property with the Message-ID of what was delivered, in {@code m365.sent} only. */
    public static final String MESSAGE_ID = "M365MessageId";

    private final boolean bounces;
    private final BooleanSupplier listened;
    private final Set<String> reporting;
    private final JmsTemplate events;
    private final JmsTemplate outcomes;

    /**
     * @param connections the factory whose session has the transaction
     * @param reporting the sources that want to know what became of their submissions
     * @param bounces some mailbox is looked into for bounces
     */
    public EventPublisher(
            ConnectionFactory connections, BooleanSupplier listened, Set<String> reporting, boolean bounces) {
        this.bounces = bounces;
        this.listened = listened;
        this.reporting = Set.copyOf(reporting);
        this.outcomes = template(connections);
        this.events = template(connections);
        events.setExplicitQosEnabled(true);
        events.setDeliveryMode(DeliveryMode.PERSISTENT);
        events.setTimeToLive(LIFETIME.toMillis());
    }

    private static JmsTemplate template(ConnectionFactory connections) {
        var template = new JmsTemplate(connections);
        template.setSessionTransacted(true);
        return template;
    }

    /** True where an event of this source would go anywhere: else there is no need to make one. */
    public boolean wanted(String source) {
        return bounces || listened.getAsBoolean() || reporting.contains(source);
    }

    /** True where {@link #sent} does anything. */
    public boolean remembers() {
        return bounces;
    }

    /**
     * Notes a delivered event for the bounces that may come.
     *
     * @param messageId or null
     */
    public void sent(MailEvent delivered, String messageId) {
        outcomes.send(ActiveMQJMSClient.createQueue(Queues.SENT), session -> {
            TextMessage message = session.createTextMessage(delivered.toJson());
            message.setStringProperty(MESSAGE_ID, messageId);
            return message;
        });
    }

    public void publish(MailEvent event) {
        String json = event.toJson();
        MessageCreator message = session -> message(session, event, json);
        if (reporting.contains(event.source()) && event.submissionId() != null) {
            outcomes.send(ActiveMQJMSClient.createQueue(Queues.OUTCOME_PREFIX + event.source()), message);
        }
        if (listened.getAsBoolean()) {
            events.send(ActiveMQJMSClient.createTopic(Queues.EVENTS), message);
        }
    }

    private static TextMessage message(Session session, MailEvent event, String json) throws jakarta.jms.JMSException {
        TextMessage message = session.createTextMessage(json);
        message.setStringProperty(TYPE, event.type());
        message.setStringProperty(SOURCE, event.source());
        if (event.submitterId() != null) {
            message.setJMSCorrelationID(event.submitterId());
        }
        return message;
    }
}
