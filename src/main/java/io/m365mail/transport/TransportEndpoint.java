package io.m365mail.transport;

import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.dns.Dns;
import io.m365mail.limit.Sockets;
import io.m365mail.smtp.client.SmtpTransport;
import java.time.Clock;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;

/**
 * A transport's connections. All producers of an endpoint use the same pool, which is
 * opened with the first and closed with the last.
 */
public abstract class TransportEndpoint extends TransportOptions {
    private SmtpTransport transport;
    private Sockets sockets;
    private int users;

    TransportEndpoint(String uri, Component component) {
        super(uri, component);
    }

    @Override
    public Producer createProducer() {
        return new TransportProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(getEndpointUri() + " is a way out; messages come from sources");
    }

    /** The configuration to use: the bean's, or one made of the options. */
    TransportConfig effectiveConfig() {
        return getConfig() == null ? fromOptions() : getConfig();
    }

    abstract TransportConfig fromOptions();

    /** Opened for the first user. */
    synchronized SmtpTransport acquire() {
        if (transport == null) {
            transport = Transports.create(effectiveConfig(), session(), clock(), dns());
            if (getGate() != null) {
                sockets = new PoolSockets(transport);
                getGate().uses(sockets);
            }
        }
        users++;
        return transport;
    }

    /** Closed after the last user. */
    synchronized void release() {
        if (--users == 0) {
            transport.close();
            if (sockets != null) {
                getGate().usesNoMore(sockets);
                sockets = null;
            }
            transport = null;
        }
    }

    /** The transport's connections as its gate counts them. */
    private record PoolSockets(SmtpTransport transport) implements Sockets {
        @Override
        public int open() {
            return transport.stats().open();
        }

        @Override
        public void closeIdle(int most) {
            transport.closeIdle(most);
        }
    }

    private SessionOptions session() {
        return new SessionOptions(
                getHostname(), getConnectTimeout(), getReadTimeout(), getMaxIdle(), getMaxAge(), isIpv4());
    }

    /** The context's clock where a test has put one into the registry. */
    Clock clock() {
        Clock bound = getCamelContext().getRegistry().findSingleByType(Clock.class);
        return bound == null ? Clock.systemUTC() : bound;
    }

    /** The bundle's DNS where it is in the registry, so that all transports share what it said. */
    private Dns dns() {
        Dns bound = getCamelContext().getRegistry().findSingleByType(Dns.class);
        return bound == null ? new Dns(null, clock()) : bound;
    }

    /** @param defaultHost null where there is none */
    TransportConfig.Target target(String defaultHost, int defaultPort, String defaultTls) {
        return new TransportConfig.Target(
                getHost() == null ? defaultHost : getHost(),
                getPort() == 0 ? defaultPort : getPort(),
                getTls() == null ? defaultTls : getTls(),
                getTrustStore(),
                secret(getTrustStorePassword()),
                getLocalAddress());
    }

    TransportConfig.Limits limits() {
        return new TransportConfig.Limits(0, getConnections(), 0, 0, getMessagesPerConnection(), 0);
    }

    static Secret secret(String value) {
        return value == null ? null : Secret.of(value);
    }
}
