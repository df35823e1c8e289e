package io.m365mail.broker;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.SingleConnectionFactory;

/**
 * The connections to the broker, embedded or external: one with cached transacted sessions for the intake and whatever
 * else sends, one shared connection for the transports' listener containers, and a locator for the core API (large
 * bodies, management). Every call has a time-out, so that a broker that does not answer becomes a refusal and never a
 * stuck thread.
 */
public final class BrokerConnections implements AutoCloseable {
    /** What a commit may take before the source answers "try again later". */
    static final long CALL_TIMEOUT_MILLIS = 15_000;

    private final String url;
    private final String user;
    private final String password;
    private final ActiveMQConnectionFactory plain;
    private final CachingConnectionFactory intake;
    private final SingleConnectionFactory transports;
    private final ServerLocator locator;

    /**
     * @param sessions how many sessions the intake keeps: at least the number of its threads
     */
    public BrokerConnections(String url, String user, String password, int sessions) throws Exception {
        this.url = url;
        this.user = user;
        this.password = password;
        plain = factory();
        intake = new CachingConnectionFactory(plain);
        intake.setSessionCacheSize(sessions);
        intake.setCacheConsumers(false);
        transports = new SingleConnectionFactory(factory());
        transports.setReconnectOnException(true);
        locator = ActiveMQClient.createServerLocator(url);
        locator.setMinLargeMessageSize(EmbeddedBroker.MIN_LARGE_MESSAGE);
        locator.setCallTimeout(CALL_TIMEOUT_MILLIS);
        locator.setConsumerWindowSize(1 << 20);
    }

    private ActiveMQConnectionFactory factory() throws JMSException {
        var f = new ActiveMQConnectionFactory(url, user, password);
        f.setMinLargeMessageSize(EmbeddedBroker.MIN_LARGE_MESSAGE);
        // Deliveries are slow work: a message that waits in a consumer's buffer would be kept from a free one.
        f.setConsumerWindowSize(0);
        f.setCallTimeout(CALL_TIMEOUT_MILLIS);
        f.setBlockOnDurableSend(false);
        f.setReconnectAttempts(url.startsWith("vm:") ? 0 : -1);
        f.setConfirmationWindowSize(url.startsWith("vm:") ? -1 : 1 << 20);
        return f;
    }

    /** For the intake and for every send outside a transport: cached sessions, used with a transaction manager. */
    public ConnectionFactory intake() {
        return intake;
    }

    /** For the transports' listener containers and the sends inside their transactions. */
    public ConnectionFactory transports() {
        return transports;
    }

    ServerLocator locator() {
        return locator;
    }

    String user() {
        return user;
    }

    String password() {
        return password;
    }

    @Override
    public void close() {
        intake.destroy();
        transports.destroy();
        plain.close();
        if (transports.getTargetConnectionFactory() instanceof ActiveMQConnectionFactory target) {
            target.close();
        }
        locator.close();
    }
}
