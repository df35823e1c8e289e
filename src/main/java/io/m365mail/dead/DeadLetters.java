package io.m365mail.dead;

import io.m365mail.broker.LargeBodies;
import io.m365mail.broker.MailMessageConverter;
import io.m365mail.broker.Queues;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailContent;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.springframework.jms.core.JmsTemplate;

/**
 * The dead letters: looked at by browsing, replayed and dropped one by one, each in one transaction, so that a letter is
 * either in the queue or where it was sent. What the broker itself put there (an expired submission) is shown and
 * replayed alike.
 */
public final class DeadLetters {
    private static final long RECEIVE_MILLIS = 2_000;

    private final JmsTemplate jms;
    private final MailMessageConverter converter;
    private final LargeBodies bodies;
    private final Clock clock;
    private final Function<Delivery, List<Delivery>> ways;
    private final Consumer<List<Delivery>> replayed;

    /**
     * @param ways what is to be sent instead of a delivery to the transport it died on, which may fit no longer; an
     *     IllegalStateException where nothing fits
     * @param replayed told of each replay: its recipients count as accepted once more
     */
    public DeadLetters(
            ConnectionFactory connections,
            MailMessageConverter converter,
            LargeBodies bodies,
            Clock clock,
            Function<Delivery, List<Delivery>> ways,
            Consumer<List<Delivery>> replayed) {
        this.jms = new JmsTemplate(connections);
        this.jms.setSessionTransacted(true);
        this.converter = converter;
        this.bodies = bodies;
        this.clock = clock;
        this.ways = ways;
        this.replayed = replayed;
    }

    /** The oldest first; content is read only when it is asked for. */
    public List<DeadLetter> list(int limit) {
        return jms.browse(Queues.DEAD, (session, browser) -> {
            List<DeadLetter> all = new ArrayList<>();
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements() && all.size() < limit) {
                all.add(letter((Message) messages.nextElement()));
            }
            return all;
        });
    }

    public Optional<DeadLetter> find(String id) {
        return jms.browseSelected(Queues.DEAD, selector(id), (session, browser) -> {
            Enumeration<?> messages = browser.getEnumeration();
            return messages.hasMoreElements()
                    ? Optional.of(letter((Message) messages.nextElement()))
                    : Optional.<DeadLetter>empty();
        });
    }

    /**
     * Sends it again, as if it had just been accepted.
     *
     * @return false when there is no such letter
     * @throws IllegalStateException when no transport can carry it, or it never had one
     */
    public boolean replay(String id) {
        return take(id, (session, message) -> {
            if (!MailMessageConverter.isOurs(message)) {
                resubmit(session, message);
                return;
            }
            DeadLetter letter = letter(message);
            if (letter.transport() == null) {
                throw new IllegalStateException("This message never reached a transport (" + letter.reason()
                        + "): mend it and submit it again");
            }
            List<Delivery> deliveries = ways.apply(asNew(letter));
            for (Delivery d : deliveries) {
                send(session, Queues.TRANSPORT_PREFIX + d.transport(), converter.toMessage(kept(session, d), session));
            }
            bodies.release(session, letter.content());
            replayed.accept(deliveries);
        });
    }

    private Delivery asNew(DeadLetter letter) {
        return new Delivery(
                letter.id(),
                letter.submissionId(),
                letter.source(),
                letter.transport(),
                letter.envelope(),
                letter.content(),
                letter.priority(),
                letter.submitterId(),
                clock.instant(),
                0,
                null,
                null,
                Duration.ZERO,
                letter.copy(),
                false);
    }

    /** Another transport may have made another content of it. */
    private Delivery kept(Session session, Delivery d) throws JMSException {
        if (d.content().size() <= MailContent.LARGE) {
            return d;
        }
        try {
            return d.withContent(bodies.store(session, d.id(), clock.millis(), d.content()));
        } catch (IOException | ActiveMQException e) {
            throw new IllegalStateException("The broker cannot keep the body of " + d.submissionId(), e);
        }
    }

    /** Removes it for good; false when there is no such letter. */
    public boolean drop(String id) {
        return take(id, (session, message) -> {
            if (MailMessageConverter.isOurs(message)) {
                bodies.release(session, letter(message).content());
            }
        });
    }

    private interface Work {
        void on(Session session, Message message) throws JMSException;
    }

    private boolean take(String id, Work work) {
        Boolean found = jms.execute(
                session -> {
                    try (MessageConsumer consumer =
                            session.createConsumer(session.createQueue(Queues.DEAD), selector(id))) {
                        Message message = consumer.receive(RECEIVE_MILLIS);
                        if (message == null) {
                            return false;
                        }
                        try {
                            work.on(session, message);
                            session.commit();
                            return true;
                        } catch (JMSException | RuntimeException e) {
                            session.rollback();
                            throw e;
                        }
                    }
                },
                true);
        return Boolean.TRUE.equals(found);
    }

    /** An expired or otherwise undelivered submission goes back to the queue it was published to, without its expiry. */
    private static void resubmit(Session session, Message message) throws JMSException {
        String origin = message.getStringProperty("_AMQ_ORIG_QUEUE");
        if (origin == null) {
            throw new IllegalStateException("The broker does not say where this message came from");
        }
        send(session, origin, message);
    }

    private static void send(Session session, String queue, Message message) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.setPriority(message.getJMSPriority());
            producer.send(message);
        }
    }

    private DeadLetter letter(Message message) throws JMSException {
        return MailMessageConverter.isOurs(message)
                ? (DeadLetter) converter.fromMessage(message)
                : ForeignLetter.describe(message);
    }

    /** Ids are letters, digits, colons and hyphens; anything else cannot be one and must not reach a selector. */
    private static String selector(String id) {
        if (!id.matches("[A-Za-z0-9:-]{1,100}")) {
            return "1 = 0";
        }
        return id.startsWith("ID:") ? "JMSMessageID = '" + id + "'" : MailMessageConverter.ID + " = '" + id + "'";
    }
}
