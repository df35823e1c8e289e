package io.m365mail.event;

import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.Queues;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is somebody bound to {@code m365.events}? A look at the broker's bindings once a second, off the path of the messages,
 * so that events cost nothing while nobody listens. A durable subscription stays bound while its subscriber is away. A
 * new subscriber gets the events from a second after it has bound.
 */
public final class EventListeners implements BooleanSupplier, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventListeners.class);
    private static final long LOOK_SECONDS = 1;

    private final BrokerAdmin admin;
    private final ScheduledExecutorService looking;
    private volatile boolean bound;

    public EventListeners(BrokerAdmin admin) {
        this.admin = admin;
        look();
        looking = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "m365-event-listeners");
            thread.setDaemon(true);
            return thread;
        });
        looking.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public boolean getAsBoolean() {
        return bound;
    }

    private void look() {
        try {
            bound = admin.hasQueues(Queues.EVENTS);
        } catch (RuntimeException e) {
            // Whoever sends will say that the broker is away; the last answer stands until it is back.
            LOG.debug("The broker does not say who listens to {}", Queues.EVENTS, e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        looking.shutdownNow();
        looking.awaitTermination(10, TimeUnit.SECONDS);
    }
}
