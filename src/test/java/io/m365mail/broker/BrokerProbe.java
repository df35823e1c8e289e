package io.m365mail.broker;

import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;

/** Asks the broker of a bundle what only tests want to know. */
public final class BrokerProbe {
    private BrokerProbe() {}

    /** Sessions that are open in the broker, this one included. */
    public static long sessions(BrokerConnections connections) throws Exception {
        try (var factory = connections.locator().createSessionFactory();
                var session =
                        factory.createSession(connections.user(), connections.password(), false, true, true, false, 0);
                var requestor = new ClientRequestor(session, "activemq.management")) {
            session.start();
            var request = session.createMessage(false);
            ManagementHelper.putAttribute(request, "broker", "sessionCount");
            return ((Number) ManagementHelper.getResult(requestor.request(request, 10_000))).longValue();
        }
    }

    /** Pretends that the disk is full, or not any more; the broker notices within a second. */
    public static void fillDisk(EmbeddedBroker broker, boolean full) {
        ((ActiveMQServerImpl) broker.server()).getMonitor().setMaxUsage(full ? 0.000_001 : 0.999_999);
    }

    /** The broker as it would be after a failure of its own, and back again. */
    public static void stop(EmbeddedBroker broker) throws Exception {
        broker.server().stop();
    }

    public static void restart(EmbeddedBroker broker) throws Exception {
        broker.server().start();
    }
}
