package io.m365mail.source.database;

import io.m365mail.event.MailEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an outcome into its row. It goes by id and submission id: a row that was set to NEW again for a second sending is
 * not touched by what became of the first. An outcome that comes twice, because its commit was lost in a crash, changes
 * nothing.
 */
public final class ApplyOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyOutcome.class);

    private final OutboxDatabase database;
    private final RowStates states;

    public ApplyOutcome(OutboxDatabase database, RowStates states) {
        this.database = database;
        this.states = states;
    }

    /** The body is the event's JSON. */
    public void apply(Exchange exchange) throws SQLException {
        MailEvent event = MailEvent.parse(exchange.getMessage().getBody(String.class));
        RecipientState.Status status = RecipientState.Status.of(event.type());
        if (status == null) {
            return;
        }
        Map<String, RecipientState> news = new LinkedHashMap<>();
        if (status != RecipientState.Status.ACCEPTED) {
            event.recipients().forEach(to -> news.put(to.address(), new RecipientState(status, to.reply())));
        }
        Object id = database.tables().id(event.submitterId());
        Connection connection = database.begin();
        try (connection) {
            if (isTheRow(connection, id, event, news.isEmpty())) {
                states.update(connection, id, event.submissionId(), news);
            }
            connection.commit();
        }
    }

    /** Locks the row; waits while it is being submitted. */
    private static boolean isTheRow(Connection connection, Object id, MailEvent event, boolean acceptedOnly)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT status FROM mail_outbox WHERE id = ? AND submission_id = ? FOR UPDATE")) {
            statement.setObject(1, id);
            statement.setString(2, event.submissionId());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    LOG.debug("the outbox row of {} is gone, or was sent anew", event.submissionId());
                    return false;
                }
                return !acceptedOnly || "NEW".equals(row.getString(1));
            }
        }
    }
}
