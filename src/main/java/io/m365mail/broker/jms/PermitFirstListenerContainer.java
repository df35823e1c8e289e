package io.m365mail.broker.jms;

import io.m365mail.limit.Gate;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.jms.JmsEndpoint;

/**
 * Permit first, then receive: each consumer takes a place at the gate, receives one message, processes it, commits its
 * local session and gives the place back. While no place is given nothing is received, so all messages stay in the
 * broker, where a late one of high priority overtakes and where no stop rolls them back.
 *
 * <p>Stopping wakes the consumers that wait for a place, and shutting down also those that wait for a message, so both
 * take as long as the messages in process, no longer.
 */
final class PermitFirstListenerContainer extends QuietListenerContainer {
    /** A consumer looks around this often, should it have nothing else to do. */
    private static final Duration LOOK_AROUND = Duration.ofMinutes(1);
    /** Between two looks into an empty queue while other transports need the limit, or at a closed gate. */
    private static final long PAUSE_MILLIS = 250;

    private final Gate gate;
    private final int consumers;
    private final Set<Thread> waiting = new HashSet<>();
    private final OpenReceives receives = new OpenReceives();

    PermitFirstListenerContainer(JmsEndpoint endpoint, Gate gate, int consumers, AfterCommit afterCommit) {
        super(endpoint, afterCommit);
        this.gate = gate;
        this.consumers = consumers;
    }

    /** Camel has set its defaults by now; these are not a matter of taste. */
    @Override
    public void initialize() {
        setTransactionManager(null);
        setSessionTransacted(true);
        setCacheLevel(CACHE_CONSUMER);
        setConcurrency(consumers + "-" + consumers);
        super.initialize();
    }

    @Override
    protected boolean receiveAndExecute(Object invoker, Session session, MessageConsumer consumer) throws JMSException {
        Gate.Place place = takePlace();
        if (place == null) {
            // Not only when the container stops: the gate may be closed before it.
            pause();
            return false;
        }
        boolean received;
        try (place) {
            received = super.receiveAndExecute(invoker, session, consumer);
        }
        if (!received && place.patience().isZero()) {
            pause();
        }
        return received;
    }

    private Gate.Place takePlace() {
        Thread me = Thread.currentThread();
        synchronized (waiting) {
            if (!isRunning()) {
                return null;
            }
            waiting.add(me);
        }
        try {
            return gate.await(LOOK_AROUND);
        } catch (InterruptedException e) {
            // stop() and shutdown() wake us so; the loop around us looks at isRunning().
            return null;
        } finally {
            synchronized (waiting) {
                waiting.remove(me);
                // One that came too late for the wait must not hit the receive or the send.
                Thread.interrupted();
            }
        }
    }

    @Override
    protected Message receiveMessage(MessageConsumer consumer) throws JMSException {
        Gate.Place place = gate.current();
        return receives.by(consumer, () -> {
            if (!isRunning()) {
                return null;
            }
            long millis = place.patience().toMillis();
            Message message = receiveFromConsumer(consumer, millis == 0 ? RECEIVE_TIMEOUT_NO_WAIT : millis);
            if (message != null) {
                place.received();
            }
            return message;
        });
    }

    private void pause() {
        lifecycleLock.lock();
        try {
            if (isRunning()) {
                lifecycleCondition.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lifecycleLock.unlock();
        }
    }

    @Override
    protected void doStop() throws JMSException {
        super.doStop();
        wakeWaiting();
    }

    @Override
    protected void doShutdown() throws JMSException {
        wakeWaiting();
        receives.end();
        super.doShutdown();
    }

    private void wakeWaiting() {
        synchronized (waiting) {
            waiting.forEach(Thread::interrupt);
        }
    }
}
