package io.m365mail.app;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.BrokerConnections;
import io.m365mail.broker.BrokerProblem;
import io.m365mail.broker.BrokerWatch;
import io.m365mail.broker.EmbeddedBroker;
import io.m365mail.broker.ExternalBroker;
import io.m365mail.broker.OpenInExternalBroker;
import io.m365mail.broker.OpenRecipients;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.Secret;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The broker that holds the mail, in this process or elsewhere: started or looked over, with the queues of the
 * configuration, and the connections to it. Whether it can take anything now is looked at all the time.
 */
final class BundleBroker implements AutoCloseable {
    /** Sessions that the intake keeps: the workers of an SMTP source and some for the others. */
    private static final int SESSIONS = 100;

    private static final int MAX_DISK_USAGE = 95;

    private final BundleConfig.Broker config;
    private final Path folder;
    private final BundleQueues queues;
    private final BundleTiming timing;
    private EmbeddedBroker embedded;
    private BrokerConnections connections;
    private BrokerAdmin admin;
    private BrokerWatch watch;

    /** @param folder of an embedded broker */
    BundleBroker(BundleConfig.Broker config, Path folder, BundleQueues queues, BundleTiming timing) {
        this.config = config;
        this.folder = folder;
        this.queues = queues;
        this.timing = timing;
    }

    void start() throws Exception {
        if (config.embedded()) {
            startEmbedded();
        } else {
            connectToExternal();
        }
    }

    private void startEmbedded() throws Exception {
        embedded = new EmbeddedBroker(config, folder, queues.submission(), queues.own(), MAX_DISK_USAGE);
        embedded.start();
        connections =
                new BrokerConnections(embedded.url(), embedded.user(), embedded.password(), SESSIONS, timing.broker());
        admin = new BrokerAdmin(connections);
        watch = new BrokerWatch("The embedded broker", timing.broker().silence(), embedded::problem);
    }

    private void connectToExternal() throws Exception {
        Secret password = config.password();
        connections = new BrokerConnections(
                config.url(),
                config.username(),
                password == null ? null : password.reveal(),
                SESSIONS,
                timing.broker());
        admin = new BrokerAdmin(connections);
        new ExternalBroker(config.url(), connections, admin)
                .prepare(Stream.concat(queues.submission().stream(), queues.own().stream())
                        .toList());
        watch = new BrokerWatch("The broker", timing.broker().silence(), admin::fullDisk);
    }

    BrokerConnections connections() {
        return connections;
    }

    BrokerAdmin admin() {
        return admin;
    }

    /** How many recipients wait in its queues. */
    OpenRecipients openRecipients() {
        return embedded != null ? embedded.openRecipients() : new OpenInExternalBroker(admin, queues.own());
    }

    /** Null where the broker is external. */
    EmbeddedBroker embedded() {
        return embedded;
    }

    /** Why nothing can be accepted now, or null. */
    BrokerProblem problem() {
        return watch.problem();
    }

    /** Also of what has started only in part. */
    @Override
    public void close() throws Exception {
        var failures = new Failures();
        for (AutoCloseable part : new AutoCloseable[] {watch, admin, connections, embedded}) {
            if (part != null) {
                failures.collect(part::close);
            }
        }
        failures.rethrow();
    }
}
