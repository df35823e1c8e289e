package io.m365mail.app;

import io.m365mail.testing.FreePort;
import java.nio.file.Path;
import java.util.Set;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/** A broker of its own behind TCP, as an administrator would set it up, with a login {@code relay} / {@code secret}. */
final class OtherBroker implements AutoCloseable {
    private final EmbeddedActiveMQ artemis = new EmbeddedActiveMQ();
    private final int port = FreePort.next();

    /**
     * @param rightSettings the address settings that we ask for, else Artemis's own defaults
     * @param mayCreate the login may make queues
     */
    OtherBroker(Path folder, boolean rightSettings, boolean mayCreate) throws Exception {
        var c = new ConfigurationImpl();
        c.setJournalDirectory(folder.resolve("other/journal").toString());
        c.setBindingsDirectory(folder.resolve("other/bindings").toString());
        c.setPagingDirectory(folder.resolve("other/paging").toString());
        c.setLargeMessagesDirectory(folder.resolve("other/large").toString());
        c.setJMXManagementEnabled(false);
        c.setJournalPoolFiles(2);
        c.setMaxDiskUsage(100);
        c.addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port);
        c.putSecurityRoles(
                "#",
                Set.of(new Role(
                        "mail", true, true, mayCreate, mayCreate, mayCreate, mayCreate, true, true, mayCreate,
                        mayCreate)));
        if (rightSettings) {
            c.addAddressSetting(
                    "m365.#",
                    new AddressSettings()
                            .setDeadLetterAddress(SimpleString.of("m365.dead"))
                            .setExpiryAddress(SimpleString.of("m365.dead"))
                            .setMaxDeliveryAttempts(-1)
                            .setRedeliveryDelay(1000));
            c.addAddressSetting("m365.once", new AddressSettings().setIDCacheSize(200_000));
        } else {
            c.setPersistIDCache(false);
        }
        c.addQueueConfiguration(QueueConfiguration.of("other").setRoutingType(RoutingType.ANYCAST));
        var login = new SecurityConfiguration();
        login.addUser("relay", "secret");
        login.addRole("relay", "mail");
        artemis.setConfiguration(c);
        artemis.setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), login));
        artemis.start();
    }

    int port() {
        return port;
    }

    String url() {
        return "tcp://127.0.0.1:" + port;
    }

    void stop() throws Exception {
        artemis.getActiveMQServer().stop();
    }

    void restart() throws Exception {
        artemis.getActiveMQServer().start();
    }

    /** Nobody may take anything from the queue any more; who does so now is cut off from it. */
    void refuse(String queue) throws Exception {
        artemis.getActiveMQServer()
                .getSecurityRepository()
                .addMatch(queue, Set.of(new Role("mail", true, false, true, true, true, true, true, true, true, true)));
        for (var consumer :
                Set.copyOf(artemis.getActiveMQServer().locateQueue(queue).getConsumers())) {
            consumer.disconnect();
        }
    }

    long queued(String queue) {
        return artemis.getActiveMQServer().locateQueue(queue).getMessageCount();
    }

    boolean has(String queue) {
        return artemis.getActiveMQServer().locateQueue(queue) != null;
    }

    @Override
    public void close() throws Exception {
        artemis.stop();
    }
}
