package io.m365mail.broker.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.camel.component.jms.DefaultJmsMessageListenerContainer;
import org.apache.camel.component.jms.JmsEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.support.JmsUtils;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Consumers that look for a broker which is away without a line each second for each of them: {@link
 * io.m365mail.broker.BrokerWatch} says when it goes and when it is back. What else keeps them from receiving, such as a
 * login that is refused or a queue that is gone, is logged once each time that it is another reason.
 */
class QuietListenerContainer extends DefaultJmsMessageListenerContainer {
    private static final Logger LOG = LoggerFactory.getLogger(QuietListenerContainer.class);
    private static final long RETRY_MILLIS = 1000;

    private final AtomicReference<String> said = new AtomicReference<>();

    private final AfterCommit afterCommit;

    /** @param afterCommit null where the container does not commit by itself */
    QuietListenerContainer(JmsEndpoint endpoint, AfterCommit afterCommit) {
        super(endpoint);
        this.afterCommit = afterCommit;
    }

    /** Returns when its transaction has committed. */
    @Override
    protected void doExecuteListener(Session session, Message message) throws JMSException {
        if (afterCommit == null) {
            super.doExecuteListener(session, message);
            return;
        }
        afterCommit.begin();
        super.doExecuteListener(session, message);
        afterCommit.committed();
    }

    @Override
    protected void handleListenerSetupFailure(Throwable e, boolean alreadyRecovered) {
        say(e);
    }

    @Override
    protected void refreshConnectionUntilSuccessful() {
        BackOffExecution pauses = new FixedBackOff(RETRY_MILLIS, FixedBackOff.UNLIMITED_ATTEMPTS).start();
        while (isRunning()) {
            try {
                connect();
                return;
            } catch (Exception e) {
                say(e);
            }
            if (!applyBackOffTime(pauses)) {
                return;
            }
        }
    }

    private void connect() throws Exception {
        if (sharedConnectionEnabled()) {
            refreshSharedConnection();
            return;
        }
        Connection connection = createConnection();
        JmsUtils.closeConnection(connection);
    }

    /** Messages come: the next trouble is a new one. */
    @Override
    protected void messageReceived(Object invoker, Session session) {
        said.set(null);
        super.messageReceived(invoker, session);
    }

    private void say(Throwable e) {
        if (isBrokerAway(e)) {
            LOG.debug("{} waits for the broker", getDestinationName(), e);
            return;
        }
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(said.getAndSet(reason))) {
            LOG.warn("Nothing is taken from queue {}, it is tried again each second: {}", getDestinationName(), reason);
        }
    }

    /** The connection broke or cannot be made, or this container is being stopped. */
    static boolean isBrokerAway(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof InterruptedException
                    || t instanceof jakarta.jms.IllegalStateException
                    || t instanceof ActiveMQException a && isBrokerAway(a.getType())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBrokerAway(ActiveMQExceptionType type) {
        return switch (type) {
            case NOT_CONNECTED,
                    CONNECTION_TIMEDOUT,
                    DISCONNECTED,
                    UNBLOCKED,
                    OBJECT_CLOSED,
                    LARGE_MESSAGE_INTERRUPTED,
                    TRANSACTION_ROLLED_BACK,
                    REMOTE_DISCONNECT -> true;
            default -> false;
        };
    }
}
