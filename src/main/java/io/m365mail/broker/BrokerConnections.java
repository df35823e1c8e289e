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
 * stuck thread. A connection that breaks is not mended behind our back, where calls would wait for it: its transactions
 * fail, and whoever comes next opens a new one.
 */
public final class BrokerConnections implements AutoCloseable {
    /** Twice in the time after which a silent connection is given up, at least. */
    private static final int PINGS = 4;

    private final String url;
    private final String user;
    private final String password;
    private final BrokerTimeouts timeouts;
    private final ActiveMQConnectionFactory plain;
    private final CachingConnectionFactory intake;
    private final SingleConnectionFactory transports;
    private final ServerLocator locator;

    /**
     * @param sessions how many sessions the intake keeps: at least the number of its threads
     */
    public BrokerConnections(String url, String user, String password, int sessions, BrokerTimeouts timeouts)
            throws Exception {
        this.url = url;
        this.user = user;
        this.password = password;
        this.timeouts = timeouts;
        plain = factory();
        intake = new CachingConnectionFactory(plain);
        intake.setSessionCacheSize(sessions);
        intake.setCacheConsumers(false);
        transports = new SingleConnectionFactory(factory());
        transports.setReconnectOnException(true);
        locator = ActiveMQClient.createServerLocator(url);
        locator.setMinLargeMessageSize(EmbeddedBroker.MIN_LARGE_MESSAGE);
        locator.setCallTimeout(callMillis());
        locator.setCallFailoverTimeout(callMillis());
        locator.setReconnectAttempts(0);
        locator.setUseTopologyForLoadBalancing(false);
        if (overNetwork()) {
            locator.setConnectionTTL(timeouts.silence().toMillis());
            locator.setClientFailureCheckPeriod(timeouts.silence().toMillis() / PINGS);
        }
        locator.setConsumerWindowSize(1 << 20);
    }

    private ActiveMQConnectionFactory factory() throws JMSException {
        var f = new ActiveMQConnectionFactory(url, user, password);
        f.setMinLargeMessageSize(EmbeddedBroker.MIN_LARGE_MESSAGE);
        // Deliveries are slow work: a message that waits in a consumer's buffer would be kept from a free one.
        f.setConsumerWindowSize(0);
        f.setCallTimeout(callMillis());
        f.setCallFailoverTimeout(callMillis());
        f.setBlockOnDurableSend(false);
        f.setReconnectAttempts(0);
        // All our connections must reach the same broker: a large body is read where it was written.
        f.setUseTopologyForLoadBalancing(false);
        if (overNetwork()) {
            f.setConnectionTTL(timeouts.silence().toMillis());
            f.setClientFailureCheckPeriod(timeouts.silence().toMillis() / PINGS);
        }
        return f;
    }

    private boolean overNetwork() {
        return !url.startsWith("vm:");
    }

    /** What a call may take, in milliseconds. */
    long callMillis() {
        return timeouts.call().toMillis();
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
