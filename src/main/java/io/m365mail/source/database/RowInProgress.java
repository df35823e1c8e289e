package io.m365mail.source.database;

import io.m365mail.compose.Spool;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row that is being submitted: locked by its own transaction until the broker has answered, so that whoever would cancel
 * it waits for that and sees what came of it. Without a commit the row stays as it was.
 */
final class RowInProgress extends SynchronizationAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RowInProgress.class);
    private static final String PROPERTY = "M365OutboxRow";

    private final Connection connection;
    private final Object id;
    private final String submissionId;
    private Spool spool;

    RowInProgress(Connection connection, Object id, String submissionId) {
        this.connection = connection;
        this.id = id;
        this.submissionId = submissionId;
    }

    /** Ties the row to the exchange: whatever comes of that, the row's lock and files are given back with it. */
    void attach(Exchange exchange, Spool files) {
        this.spool = files;
        exchange.setProperty(PROPERTY, this);
        exchange.getExchangeExtension().addOnCompletion(this);
    }

    static RowInProgress of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, RowInProgress.class);
    }

    Connection connection() {
        return connection;
    }

    Object id() {
        return id;
    }

    String submissionId() {
        return submissionId;
    }

    @Override
    public void onDone(Exchange exchange) {
        try (Connection c = connection;
                Spool files = spool) {
            c.rollback();
        } catch (SQLException | IOException e) {
            // The database undoes by itself what it has not committed, and the next start empties the spool.
            LOG.debug("outbox row {} could not be given back cleanly", id, e);
        }
    }
}
