package io.m365mail.broker;

import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to the broker about its queues, through its management address: works alike for the embedded broker and for
 * an external one. One session, one request at a time; not for the path of a message.
 */
public final class BrokerAdmin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerAdmin.class);
    private static final String MANAGEMENT = "activemq.management";
    private static final String SERVER = "broker";

    private final BrokerConnections connections;
    private ClientSessionFactory factory;
    private ClientSession session;
    private ClientRequestor requestor;

    public BrokerAdmin(BrokerConnections connections) {
        this.connections = connections;
    }

    /**
     * @param ready messages that can be taken now
     * @param scheduled messages that wait for their time
     * @param inDelivery messages that a consumer works on
     */
    public record Depth(long ready, long scheduled, long inDelivery) {
        public long total() {
            return ready + scheduled + inDelivery;
        }
    }

    /** All the messages of a queue, or null when there is no such queue. */
    public synchronized Long count(String queue) {
        try {
            ClientSession.QueueQuery answer = session().queueQuery(SimpleString.of(queue));
            return answer.isExists() ? answer.getMessageCount() : null;
        } catch (Exception e) {
            disconnect();
            throw new IllegalStateException("The broker does not answer a question about queue " + queue, e);
        }
    }

    /** True where something sent to the address would be kept for somebody. */
    public synchronized boolean hasQueues(String address) {
        try {
            return !session()
                    .addressQuery(SimpleString.of(address))
                    .getQueueNames()
                    .isEmpty();
        } catch (Exception e) {
            disconnect();
            throw new IllegalStateException("The broker does not answer a question about address " + address, e);
        }
    }

    /** How full a queue is, or null when there is no such queue. */
    public Depth depth(String queue) {
        Long all = count(queue);
        if (all == null) {
            return null;
        }
        long scheduled = number(ask("queue." + queue, "scheduledCount"));
        long delivering = number(ask("queue." + queue, "deliveringCount"));
        return new Depth(Math.max(0, all - scheduled - delivering), scheduled, delivering);
    }

    /** The names of the queues that begin with {@code prefix}. */
    public List<String> queueNames(String prefix) {
        var names = new ArrayList<String>();
        if (ask(SERVER, "queueNames") instanceof Object[] all) {
            for (Object name : all) {
                if (name.toString().startsWith(prefix)) {
                    names.add(name.toString());
                }
            }
        }
        return names;
    }

    /** What waits for its time in a queue is ready at once. */
    public void deliverScheduled(String queue) {
        try {
            call("queue." + queue, "deliverScheduledMessages", "");
        } catch (Exception e) {
            throw new IllegalStateException("The scheduled messages of " + queue + " cannot be brought forward", e);
        }
    }

    /** Removes a queue with what is in it, and its address; true when it is gone. */
    public boolean destroy(String queue) {
        try {
            call(SERVER, "destroyQueue", queue, true, true);
            return true;
        } catch (Exception e) {
            if (count(queue) == null) {
                return true;
            }
            LOG.warn("Queue {} could not be removed: {}", queue, e.toString());
            return false;
        }
    }

    /** The messages of a queue that wait for their time, as the broker describes them: a JSON array. */
    public String scheduled(String queue) {
        try {
            return String.valueOf(call("queue." + queue, "listScheduledMessagesAsJSON"));
        } catch (Exception e) {
            throw new IllegalStateException("The broker does not list the scheduled messages of " + queue, e);
        }
    }

    /**
     * The messages of a queue by the value of a property that they have, as JSON: {@code {"value": how many}}. What
     * waits for its time is not among them, and old brokers look at {@code management-browse-page-size} messages only.
     *
     * @param inDelivery those that consumers work on, else those that can be taken now
     */
    String countBy(String queue, String property, boolean inDelivery) {
        String count = inDelivery ? "countDeliveringMessages" : "countMessages";
        try {
            return String.valueOf(call("queue." + queue, count, property + " IS NOT NULL", property));
        } catch (Exception e) {
            throw new IllegalStateException("The broker does not count the messages of " + queue, e);
        }
    }

    /**
     * Removes the messages that nobody works on and that match, durably.
     *
     * @param filter in the broker's filter language; what comes from outside is quoted by {@link #quoted}
     * @return how many
     */
    public long remove(String queue, String filter) {
        try {
            return number(call("queue." + queue, "removeMessages", filter));
        } catch (Exception e) {
            throw new IllegalStateException("The broker does not remove messages of " + queue, e);
        }
    }

    /** A text as a literal of the filter language. */
    public static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The settings in force for an address as JSON, or null where the broker does not tell us. */
    public String addressSettings(String address) {
        return invoke(SERVER, "getAddressSettingsAsJSON", address) instanceof String json ? json : null;
    }

    /** An attribute of the broker itself, or null where it does not tell us. */
    Object attribute(String name) {
        return ask(SERVER, name);
    }

    /**
     * Why the broker can take nothing, or null.
     *
     * @throws IllegalStateException when it does not answer
     */
    public BrokerProblem fullDisk() {
        if (ask(SERVER, "diskStoreUsage") instanceof Number used
                && ask(SERVER, "maxDiskUsage") instanceof Number most
                && most.intValue() > 0
                && used.doubleValue() * 100 >= most.intValue()) {
            return BrokerProblem.full("the disk of the broker is more than " + most + " % full");
        }
        return null;
    }

    private static long number(Object o) {
        return o instanceof Number n ? n.longValue() : 0;
    }

    private Object ask(String resource, String attribute) {
        return result(resource, request -> ManagementHelper.putAttribute(request, resource, attribute));
    }

    private Object invoke(String resource, String operation, Object... parameters) {
        return result(
                resource, request -> ManagementHelper.putOperationInvocation(request, resource, operation, parameters));
    }

    /** What is to be asked. */
    @FunctionalInterface
    private interface Question {
        void putInto(ClientMessage request) throws Exception;
    }

    private synchronized Object result(String resource, Question question) {
        try {
            ClientMessage request = session().createMessage(false);
            question.putInto(request);
            ClientMessage reply = requestor.request(request, connections.callMillis());
            return reply != null && ManagementHelper.hasOperationSucceeded(reply)
                    ? ManagementHelper.getResult(reply)
                    : null;
        } catch (Exception e) {
            disconnect();
            throw new IllegalStateException("The broker does not answer a question about " + resource, e);
        }
    }

    private synchronized Object call(String resource, String operation, Object... parameters) throws Exception {
        ClientMessage request = session().createMessage(false);
        ManagementHelper.putOperationInvocation(request, resource, operation, parameters);
        ClientMessage reply = requestor.request(request, connections.callMillis());
        if (reply == null || !ManagementHelper.hasOperationSucceeded(reply)) {
            throw new IllegalStateException(
                    operation + " " + (reply == null ? "was not answered" : ManagementHelper.getResult(reply)));
        }
        return ManagementHelper.getResult(reply);
    }

    private ClientSession session() throws Exception {
        if (session == null || session.isClosed()) {
            factory = connections.locator().createSessionFactory();
            session = factory.createSession(connections.user(), connections.password(), false, true, true, false, 0);
            requestor = new ClientRequestor(session, MANAGEMENT);
            session.start();
        }
        return session;
    }

    private void disconnect() {
        if (factory != null) {
            factory.close();
        }
        session = null;
    }

    @Override
    public synchronized void close() {
        disconnect();
    }
}
