package io.m365mail.broker;

import io.m365mail.config.BundleConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.nativo.jlibaio.LibaioContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker inside the bundle: an Artemis with a synced journal below {@code m365.data}. Group commit makes one disk
 * sync serve all sessions that wait for one; ordinary mail is one journal write, since the journal's buffer and the
 * large-message limit are above its size. Every address has a dead-letter and an expiry address, so nothing is dropped.
 * Several brokers may run in one JVM: the in-VM id is drawn at random.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    /** Up to this size a message is one record in the journal; above, a file of its own. */
    static final int MIN_LARGE_MESSAGE = 1_200_000;

    /** Events that wait for subscribers are dropped above this size. */
    private static final long EVENTS_MAX_BYTES = 64L << 20;

    private static final int JOURNAL_BUFFER = 2 << 20;

    /** Ids of {@link Queues#ONCE} that are remembered: one or two for each submission with a key. Some 30 MB when full. */
    static final int REMEMBERED_IDS = 200_000;

    private final SecureRandom random = new SecureRandom();
    private final int id = random.nextInt(1, Integer.MAX_VALUE);
    private final String internalPassword = secret(random);
    private final EmbeddedActiveMQ artemis;
    private final Path directory;

    /**
     * @param directory where the journal lies; made when it is not there
     * @param submissionQueues the queues of the jms sources
     * @param ownQueues those of the transports, and of the sources that report back
     * @param maxDiskUsage percent of the disk above which nothing is accepted any more
     */
    public EmbeddedBroker(
            BundleConfig.Broker config,
            Path directory,
            Set<String> submissionQueues,
            Set<String> ownQueues,
            int maxDiskUsage)
            throws Exception {
        this.directory = directory;
        var configuration = configuration(config, submissionQueues, ownQueues, maxDiskUsage);
        BrokerSecurity.closeDefaults(configuration, internalPassword);
        artemis = new EmbeddedActiveMQ();
        artemis.setConfiguration(configuration);
        artemis.setSecurityManager(new BrokerSecurity(
                internalPassword,
                config.username(),
                config.password() == null ? null : config.password().reveal(),
                submissionQueues));
        artemis.createActiveMQServer();
        artemis.getActiveMQServer().registerBrokerPlugin(new SubmissionGuard(submissionQueues));
    }

    public void start() throws Exception {
        InVmThreads.whileNoneEnds(artemis::start);
        if (!artemis.getActiveMQServer().waitForActivation(30, java.util.concurrent.TimeUnit.SECONDS)) {
            throw new IllegalStateException("The broker did not start within 30 s: is another instance using "
                    + directory + "? Its log lines say why.");
        }
        LOG.debug(
                "broker in {}, journal {}",
                directory,
                artemis.getActiveMQServer().getConfiguration().getJournalType());
    }

    /** The URL for clients inside this JVM. */
    public String url() {
        return "vm://" + id;
    }

    public String user() {
        return BrokerSecurity.INTERNAL;
    }

    /** Made up at start, known inside this JVM only. */
    public String password() {
        return internalPassword;
    }

    /** Why nothing can be accepted, or null. */
    public BrokerProblem problem() {
        if (!artemis.getActiveMQServer().isActive()) {
            return BrokerProblem.away("the embedded broker has stopped; its log lines say why");
        }
        return artemis.getActiveMQServer().getPagingManager().isDiskFull()
                ? BrokerProblem.full("the disk of " + directory + " is more than "
                        + artemis.getActiveMQServer().getConfiguration().getMaxDiskUsage() + " % full")
                : null;
    }

    /** How many recipients wait in its queues. */
    public OpenRecipients openRecipients() {
        return new OpenInEmbeddedBroker(artemis.getActiveMQServer());
    }

    /** For tests, which fill its disk or stop it. */
    ActiveMQServer server() {
        return artemis.getActiveMQServer();
    }

    @Override
    public void close() throws Exception {
        artemis.stop();
        InVmThreads.endWithTheLast();
    }

    private Configuration configuration(
            BundleConfig.Broker config, Set<String> submissionQueues, Set<String> ownQueues, int maxDiskUsage)
            throws Exception {
        var c = new ConfigurationImpl();
        c.setName("m365-" + id);
        c.setPersistenceEnabled(true);
        c.setJournalDirectory(directory.resolve("journal").toString());
        c.setBindingsDirectory(directory.resolve("bindings").toString());
        c.setPagingDirectory(directory.resolve("paging").toString());
        c.setLargeMessagesDirectory(directory.resolve("large").toString());
        c.setJournalType(LibaioContext.isLoaded() ? JournalType.ASYNCIO : JournalType.NIO);
        c.setJournalSyncTransactional(true);
        c.setJournalSyncNonTransactional(true);
        c.setJournalBufferSize_NIO(JOURNAL_BUFFER);
        c.setJournalBufferSize_AIO(JOURNAL_BUFFER);
        c.setJournalFileSize(16 << 20);
        c.setJournalPoolFiles(8);
        c.setJMXManagementEnabled(false);
        c.setPersistIDCache(true);
        c.setMaxDiskUsage(maxDiskUsage);
        c.setDiskScanPeriod(1000);
        c.setGlobalMaxSize(Runtime.getRuntime().maxMemory() / 4);
        c.setSecurityEnabled(true);
        c.setGracefulShutdownEnabled(false);
        c.addAcceptorConfiguration(
                new TransportConfiguration(InVMAcceptorFactory.class.getName(), Map.of("serverId", id), "in-vm"));
        if (config.acceptor() != null && !config.acceptor().equals("off")) {
            c.addAcceptorConfiguration(tcp(config.acceptor()));
        }
        addressSettings(c);
        submissionQueues.forEach(q -> anycast(c, q));
        ownQueues.forEach(q -> anycast(c, q));
        anycast(c, Queues.DEAD);
        anycast(c, Queues.SCHEDULED);
        multicast(c, Queues.EVENTS);
        multicast(c, Queues.ONCE);
        return c;
    }

    private static TransportConfiguration tcp(String acceptor) {
        int colon = acceptor.lastIndexOf(':');
        return new TransportConfiguration(
                NettyAcceptorFactory.class.getName(),
                Map.of(
                        "host",
                        acceptor.substring(0, colon),
                        "port",
                        Integer.parseInt(acceptor.substring(colon + 1)),
                        "protocols",
                        "CORE,AMQP,STOMP",
                        "stompMinLargeMessageSize",
                        102_400,
                        "amqpMinLargeMessageSize",
                        102_400),
                "tcp");
    }

    private static void addressSettings(Configuration c) {
        AddressSettings all = new AddressSettings()
                .setDeadLetterAddress(SimpleString.of(Queues.DEAD))
                .setExpiryAddress(SimpleString.of(Queues.DEAD))
                // Attempts are counted by us, after a reply; the broker never gives a message up.
                .setMaxDeliveryAttempts(-1)
                .setRedeliveryDelay(1000)
                .setRedeliveryMultiplier(2)
                .setMaxRedeliveryDelay(60_000)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                .setPageSizeBytes(4 << 20)
                // STOMP names a destination without saying whether it is a queue.
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST)
                .setAutoCreateQueues(false)
                .setAutoCreateAddresses(false)
                .setAutoDeleteQueues(false)
                .setAutoDeleteAddresses(false);
        c.addAddressSetting("#", all);
        // A replay that fails puts its letter back; it must not be out of sight for the delay of the others.
        var dead = new AddressSettings().setRedeliveryDelay(0);
        dead.merge(all);
        c.addAddressSetting(Queues.DEAD, dead);
        var events = new AddressSettings()
                .setAutoCreateQueues(true)
                .setAutoDeleteQueues(true)
                // An event that waited too long for its subscriber is dropped: it is no mail.
                .setExpiryAddress(SimpleString.of(""))
                .setMaxSizeBytes(EVENTS_MAX_BYTES)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP);
        events.merge(all);
        c.addAddressSetting(Queues.EVENTS, events);
        var once = new AddressSettings().setIDCacheSize(REMEMBERED_IDS);
        once.merge(all);
        c.addAddressSetting(Queues.ONCE, once);
        // What waits for a database is tried again soon after it is back.
        var outcomes = new AddressSettings().setMaxRedeliveryDelay(5_000);
        outcomes.merge(all);
        c.addAddressSetting(Queues.OUTCOME_PREFIX + "#", outcomes);
    }

    private static void multicast(Configuration c, String name) {
        c.addAddressConfiguration(new CoreAddressConfiguration().setName(name).addRoutingType(RoutingType.MULTICAST));
    }

    private static void anycast(Configuration c, String name) {
        c.addAddressConfiguration(new CoreAddressConfiguration()
                .setName(name)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfig(QueueConfiguration.of(name)
                        .setAddress(name)
                        .setRoutingType(RoutingType.ANYCAST)
                        .setDurable(true)));
    }

    private static String secret(SecureRandom random) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
