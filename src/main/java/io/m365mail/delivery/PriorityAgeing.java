package io.m365mail.delivery;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.MailMessageConverter;
import io.m365mail.config.TransportConfig;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import org.springframework.jms.core.JmsTemplate;

/**
 * Keeps a stream of urgent mail from starving the rest of a transport's queue. The broker gives out the highest priority
 * first, always; so each minute the oldest deliveries that have waited for ten minutes are given the highest one, but no
 * more of them than a tenth of what the transport sends in a minute. Nine tenths stay for what is urgent, and every
 * delivery is the oldest one day. The delivery keeps its own priority for its retries. What the broker has paged to disk
 * leaves in order of arrival anyway.
 */
public final class PriorityAgeing {
    private static final Duration OLD = Duration.ofMinutes(10);
    private static final int HIGHEST = 9;
    private static final long RECEIVE_MILLIS = 500;
    private static final int SHARE = 10;
    /** A minute of a transport without a limit. */
    private static final int UNLIMITED = 600;

    private final JmsTemplate jms;
    private final List<TransportConfig> transports;
    private final Clock clock;

    public PriorityAgeing(ConnectionFactory connections, List<TransportConfig> transports, Clock clock) {
        this.jms = new JmsTemplate(connections);
        this.jms.setSessionTransacted(true);
        this.transports = transports;
        this.clock = clock;
    }

    private record Old(String id, long since) {}

    /** To be called once a minute. */
    public void round() {
        for (TransportConfig t : transports) {
            int perMinute = t.limits().messagesPerMinute() > 0 ? t.limits().messagesPerMinute() : UNLIMITED;
            raise(t.queue(), Math.max(1, perMinute / SHARE));
        }
    }

    private void raise(String queue, int most) {
        long before = clock.instant().minus(OLD).toEpochMilli();
        List<Old> oldest = new ArrayList<>();
        // Each level by itself, since a browser yields the oldest of a level first and need not go on from there.
        for (int level = 0; level < HIGHEST; level++) {
            oldest.addAll(first(queue, "JMSPriority = " + level + " AND JMSTimestamp < " + before, most));
        }
        oldest.sort(Comparator.comparingLong(Old::since));
        for (Old old : oldest.subList(0, Math.min(most, oldest.size()))) {
            jms.execute(session -> toTheFront(session, queue, old.id()), true);
        }
    }

    /** In one transaction, so the delivery is in its queue once at any time; one that is being sent stays as it is. */
    private static Void toTheFront(Session session, String queue, String id) throws JMSException {
        Queue destination = session.createQueue(queue);
        String selector = MailMessageConverter.ID + " = " + BrokerAdmin.quoted(id);
        try (MessageConsumer consumer = session.createConsumer(destination, selector);
                MessageProducer producer = session.createProducer(destination)) {
            Message message = consumer.receive(RECEIVE_MILLIS);
            if (message != null) {
                producer.send(message, DeliveryMode.PERSISTENT, HIGHEST, 0);
            }
            session.commit();
            return null;
        } catch (JMSException | RuntimeException e) {
            session.rollback();
            throw e;
        }
    }

    private List<Old> first(String queue, String selector, int most) {
        return jms.browseSelected(queue, selector, (session, browser) -> {
            List<Old> found = new ArrayList<>();
            Enumeration<?> messages = browser.getEnumeration();
            while (found.size() < most && messages.hasMoreElements()) {
                found.add(old((Message) messages.nextElement()));
            }
            return found;
        });
    }

    private static Old old(Message message) throws JMSException {
        return new Old(message.getStringProperty(MailMessageConverter.ID), message.getJMSTimestamp());
    }
}
