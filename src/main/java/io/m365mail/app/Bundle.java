package io.m365mail.app;

import io.m365mail.config.BundleConfig;
import io.m365mail.delivery.PriorityAgeing;
import io.m365mail.management.ManagementServer;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole product, started and stopped as one: store, broker, gates, Camel with the routes, management port. It starts
 * from the inside out, so that a source says yes only when everything behind it stands, and stops the other way round.
 * Any number of bundles may run in one JVM, one after the other or side by side; nothing is left when one has stopped.
 */
public final class Bundle {
    private static final Logger LOG = LoggerFactory.getLogger(Bundle.class);
    private static final long SWEEP_SECONDS = 5;

    private final BundleConfig config;
    private final BundleTiming timing;
    private Infrastructure infrastructure;
    private CamelRuntime camel;
    private ManagementServer management;
    private ScheduledExecutorService housekeeping;

    public Bundle(BundleConfig config) {
        this(config, BundleTiming.SYSTEM);
    }

    /** @param timing the clocks, for tests in which a minute passes in milliseconds */
    public Bundle(BundleConfig config, BundleTiming timing) {
        this.config = config;
        this.timing = timing;
    }

    /**
     * Starts everything, or nothing: after an exception what had been started is stopped again.
     *
     * @throws Exception with a sentence that says what could not be started and why
     */
    public synchronized void start() throws Exception {
        if (infrastructure != null) {
            throw new IllegalStateException("The bundle is running");
        }
        try {
            infrastructure = new Infrastructure(config, timing);
            infrastructure.start();
            camel = new CamelRuntime(config, timing, infrastructure);
            camel.start();
            management = camel.managementServer();
            management.start();
            housekeeping = Executors.newSingleThreadScheduledExecutor(task -> {
                var thread = new Thread(task, "m365-housekeeping");
                thread.setDaemon(true);
                return thread;
            });
            housekeeping.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
            var ageing = infrastructure.ageing();
            housekeeping.scheduleWithFixedDelay(() -> age(ageing), 1, 1, TimeUnit.MINUTES);
            housekeeping.scheduleWithFixedDelay(camel.certificates()::look, 0, 1, TimeUnit.HOURS);
        } catch (Exception e) {
            stop();
            throw e;
        }
    }

    /** Takes no more, lets what is in delivery finish, and releases everything. Idempotent. */
    public synchronized void stop() throws Exception {
        var failures = new Failures();
        if (housekeeping != null) {
            housekeeping.shutdownNow();
            failures.collect(() -> housekeeping.awaitTermination(10, TimeUnit.SECONDS));
            housekeeping = null;
        }
        if (management != null) {
            failures.collect(management::close);
            management = null;
        }
        if (camel != null) {
            failures.collect(camel::stop);
            camel = null;
        }
        if (infrastructure != null) {
            failures.collect(infrastructure::close);
            infrastructure = null;
        }
        failures.rethrow();
    }

    /** For tests and embedders: the running context, or null. */
    public synchronized CamelContext camelContext() {
        return camel == null ? null : camel.context();
    }

    /** The management port in use. */
    public synchronized int managementPort() {
        return management.port();
    }

    /** What a test or the demo needs to look inside. */
    synchronized Infrastructure infrastructure() {
        return infrastructure;
    }

    private static void age(PriorityAgeing ageing) {
        try {
            ageing.round();
        } catch (RuntimeException e) {
            LOG.warn("Deliveries that have waited long could not be raised now: {}", e.getMessage());
        }
    }

    private void sweep() {
        try {
            infrastructure.bodies().sweep();
        } catch (RuntimeException e) {
            LOG.warn("Large bodies that are not needed any more could not be removed now: {}", e.getMessage());
        }
    }
}
