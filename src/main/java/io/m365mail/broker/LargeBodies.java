package io.m365mail.broker;

import io.m365mail.mail.MailContent;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.api.core.ActiveMQObjectClosedException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a large body once, however many deliveries and dead letters need it. The body is the only message of a queue of
 * its own, streamed in and read by browsing; beside it stands a queue with one token for each message that refers to the
 * body. Sending such a message adds a token and consuming it takes one, both in the same transaction as the message, so
 * the count is as durable and as exact as the messages themselves. When no token is left the body is removed, by a
 * sweep outside any transaction.
 */
public final class LargeBodies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LargeBodies.class);

    /** A body without a token may be one whose acceptance has not committed yet; after so long it is an orphan. */
    private static final long ORPHAN_AFTER_MILLIS = 3_600_000;

    private final BrokerConnections connections;
    private final BrokerAdmin admin;
    private final Set<BodyRef> released = ConcurrentHashMap.newKeySet();
    private ClientSessionFactory sessions;

    public LargeBodies(BrokerConnections connections, BrokerAdmin admin) {
        this.connections = connections;
        this.admin = admin;
    }

    /**
     * Puts a body into the broker as a part of the session's transaction; one that lies there already stays as it is.
     *
     * @param now milliseconds of the clock, kept in the name to know an orphan later
     */
    public MailContent store(Session session, String id, long now, MailContent content)
            throws JMSException, IOException, ActiveMQException {
        if (content instanceof BrokerBody) {
            return content;
        }
        var ref = new BodyRef(Queues.BODY_PREFIX + now + "." + id, content.size());
        try (ClientSession core = session()) {
            for (String queue : new String[] {ref.queue(), ref.tokens()}) {
                // The wire does not carry the wish for an address of its own; no setting makes one by itself.
                core.createAddress(SimpleString.of(queue), RoutingType.ANYCAST, false);
                core.createQueue(QueueConfiguration.of(queue)
                        .setAddress(queue)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true)
                        .setAutoDelete(false));
            }
        }
        try (InputStream in = content.open();
                MessageProducer producer = session.createProducer(session.createQueue(ref.queue()))) {
            BytesMessage message = session.createBytesMessage();
            message.setObjectProperty("JMS_AMQ_InputStream", in);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(message);
        } catch (JMSException | IOException | RuntimeException e) {
            remove(ref);
            throw e;
        }
        return new BrokerBody(ref, this);
    }

    MailContent at(BodyRef ref) {
        return new BrokerBody(ref, this);
    }

    /** One more message refers to the body, once the session commits. */
    void retain(Session session, BodyRef ref) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(ref.tokens()))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            producer.send(session.createMessage());
        }
    }

    /** One message less refers to the content, once the session commits; nothing to do for an ordinary content. */
    public void release(Session session, MailContent content) throws JMSException {
        if (content instanceof BrokerBody body) {
            release(session, body.ref());
        }
    }

    /** The same for a message that was removed unread. */
    public void release(Session session, String bodyQueue) throws JMSException {
        release(session, new BodyRef(bodyQueue, 0));
    }

    private void release(Session session, BodyRef ref) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(ref.tokens()))) {
            if (consumer.receive(connections.callMillis()) == null) {
                LOG.warn("The large body {} has fewer tokens than messages that refer to it", ref.queue());
            }
        }
        released.add(ref);
    }

    void copy(BodyRef ref, OutputStream out) throws IOException {
        try (ClientSession core = session();
                ClientConsumer browser = core.createConsumer(SimpleString.of(ref.queue()), null, true)) {
            core.start();
            ClientMessage message = browser.receive(connections.callMillis());
            if (message == null) {
                throw new IOException("The large body " + ref.queue() + " is not in the broker any more");
            }
            var guarded = new FailureKeeping(out);
            try {
                message.saveToOutputStream(guarded);
            } catch (ActiveMQException e) {
                if (guarded.failure() != null) {
                    throw guarded.failure();
                }
                throw e;
            }
        } catch (ActiveMQException e) {
            throw new IOException("The large body " + ref.queue() + " cannot be read from the broker", e);
        }
    }

    InputStream open(BodyRef ref) throws IOException {
        return new BodyPipe(ref, this);
    }

    /** Removes the bodies that no message refers to any more. Called now and then; cheap when there is nothing to do. */
    public void sweep() {
        for (BodyRef ref : released) {
            Long left = admin.count(ref.tokens());
            if (left == null || left == 0 && remove(ref)) {
                released.remove(ref);
            }
        }
    }

    /** Removes what a crash between storing a body and committing it left behind. Called once at start. */
    public void removeOrphans(long now) {
        for (String queue : admin.queueNames(Queues.BODY_PREFIX)) {
            if (queue.endsWith(".tokens")) {
                continue;
            }
            var ref = new BodyRef(queue, 0);
            Long left = admin.count(ref.tokens());
            if ((left == null || left == 0) && now - bornAt(queue) > ORPHAN_AFTER_MILLIS) {
                remove(ref);
            }
        }
    }

    private static long bornAt(String queue) {
        String rest = queue.substring(Queues.BODY_PREFIX.length());
        int dot = rest.indexOf('.');
        return dot > 0 && rest.substring(0, dot).chars().allMatch(Character::isDigit)
                ? Long.parseLong(rest.substring(0, dot))
                : Long.MAX_VALUE / 2;
    }

    private boolean remove(BodyRef ref) {
        return admin.destroy(ref.queue()) & admin.destroy(ref.tokens());
    }

    private ClientSession session() throws ActiveMQException {
        ClientSessionFactory before = sessionFactory();
        try {
            return session(before);
        } catch (ActiveMQNotConnectedException | ActiveMQObjectClosedException e) {
            // The connection has broken since it was last used; it does not mend itself.
            LOG.debug("A new connection for large bodies", e);
            return session(another(before));
        }
    }

    private ClientSession session(ClientSessionFactory factory) throws ActiveMQException {
        return factory.createSession(connections.user(), connections.password(), false, true, true, false, 0);
    }

    private synchronized ClientSessionFactory another(ClientSessionFactory broken) throws ActiveMQException {
        if (sessions == broken) {
            sessions.cleanup();
            sessions.close();
            sessions = null;
        }
        return sessionFactory();
    }

    private synchronized ClientSessionFactory sessionFactory() throws ActiveMQException {
        if (sessions == null || sessions.isClosed()) {
            try {
                sessions = connections.locator().createSessionFactory();
            } catch (ActiveMQException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("The broker cannot be reached", e);
            }
        }
        return sessions;
    }

    @Override
    public synchronized void close() {
        if (sessions != null) {
            sessions.close();
        }
    }
}
