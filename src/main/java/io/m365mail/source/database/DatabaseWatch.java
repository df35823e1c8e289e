package io.m365mail.source.database;

import java.sql.SQLException;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ErrorHandler;

/**
 * Says once that the database (or the broker behind the intake) cannot be worked with, and once that it can again. It
 * watches the poll, which happens every second or so, and takes the failures of the outcomes' consumer, which come of the
 * same. Nothing is polled before the tables have been found to be right.
 */
public final class DatabaseWatch implements PollingConsumerPollStrategy, ExceptionHandler, ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);

    private final OutboxDatabase database;
    private String trouble;

    public DatabaseWatch(OutboxDatabase database) {
        this.database = database;
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        try {
            database.tables();
            return true;
        } catch (SQLException | RuntimeException e) {
            went(e);
            return false;
        }
    }

    @Override
    public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        came();
    }

    /** The next poll comes when it is due; there is nothing to be gained by trying at once. */
    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        return false;
    }

    /** A poll that failed, or a row of it that could not be accepted now. */
    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        went(exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        went(exception);
    }

    @Override
    public void handleException(Throwable exception) {
        went(exception);
    }

    /** An outcome that could not be written: it stays in its queue. */
    @Override
    public void handleError(Throwable t) {
        went(t);
    }

    private synchronized void went(Throwable t) {
        String name = database.source().name();
        String now = reason(t);
        if (trouble == null) {
            LOG.warn("source {}: no row is taken or marked for now, and it is tried again: {}", name, now);
        }
        LOG.debug("source {}", name, t);
        trouble = now;
    }

    private synchronized void came() {
        if (trouble != null) {
            LOG.info(
                    "source {}: rows are taken and marked again",
                    database.source().name());
            trouble = null;
        }
    }

    /** The innermost cause says it; what wraps it says where in Camel or Spring. */
    private static String reason(Throwable t) {
        Throwable cause = t;
        while (cause.getCause() != null && !(cause instanceof OutboxSchemaException)) {
            cause = cause.getCause();
        }
        String text = OutboxTables.oneLine(cause);
        return cause instanceof OutboxSchemaException ? text : cause.getClass().getSimpleName() + ": " + text;
    }
}
