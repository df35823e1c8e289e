package io.m365mail.source.database;

import io.m365mail.compose.Attachment;
import io.m365mail.compose.MessageComposer;
import io.m365mail.compose.Spool;
import io.m365mail.intake.EnrichMessage;
import io.m365mail.intake.OnceOnly;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * Takes a row that is due, in two steps. First the claim, committed: a submission id and whose broker it goes to, so that
 * after a crash nobody else takes the row, and a second try is the same submission, which the broker knows. Then the row
 * is locked, looked at again (it may have been cancelled) and read; the lock stands until the broker has answered. Rows
 * that others have locked are passed over, so nobody waits for a lock.
 */
public final class TakeRow {
    /** Text of a row in characters; whoever has more attaches it. */
    private static final int MAX_TEXT = 10_000_000;

    private final OutboxDatabase database;
    private final Path spool;
    private final Supplier<String> ids;
    private final Clock clock;

    /**
     * @param spool an existing folder for attachments
     * @param ids makes ids of submissions
     */
    public TakeRow(OutboxDatabase database, Path spool, Supplier<String> ids, Clock clock) {
        this.database = database;
        this.spool = spool;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * The submission of the row whose id is the body; null where it is not ours to send, or not any more.
     *
     * @throws RefusedMessageException for a row that no message can be made of
     */
    public Submission take(Exchange exchange) throws SQLException, IOException {
        OutboxTables tables = database.tables();
        Object id = ((Map<?, ?>) exchange.getMessage().getBody(Map.class)).get("id");
        exchange.getMessage().removeHeaders("*");
        Connection connection = database.begin();
        RowInProgress row;
        try {
            String submissionId = claim(connection, id);
            if (submissionId == null || !isStillOurs(connection, id, submissionId)) {
                connection.close();
                return null;
            }
            row = new RowInProgress(connection, id, submissionId);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
        var files = new Spool(spool, database.source().maxMessageSize());
        row.attach(exchange, files);
        exchange.setProperty(EnrichMessage.SUBMISSION_ID, row.submissionId());
        try {
            return submission(row, tables, files);
        } catch (SQLException e) {
            if (!isOfTheRow(e)) {
                throw e;
            }
            // The database has given up the transaction, and the lock with it.
            connection.rollback();
            if (!isStillOurs(connection, id, row.submissionId())) {
                return null;
            }
            throw new RefusedMessageException(
                    550, "5.6.0", "the database cannot read the row: " + OutboxTables.oneLine(e));
        }
    }

    /**
     * A data exception (SQLSTATE class 22): bytes that are no text, in a PostgreSQL database without an encoding. The next
     * try would fare the same, and keep the rows behind it waiting for ever.
     */
    private static boolean isOfTheRow(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("22");
    }

    /** The submission id under which this broker may submit the row, or null. */
    private String claim(Connection connection, Object id) throws SQLException {
        String given;
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT status, submission_id, detail FROM mail_outbox WHERE id = ?" + " FOR UPDATE SKIP LOCKED")) {
            statement.setObject(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || !"NEW".equals(row.getString(1))) {
                    return null;
                }
                given = row.getString(2);
                if (given != null) {
                    return database.owner().equals(row.getString(3)) ? given : null;
                }
            }
        }
        given = ids.get();
        try (PreparedStatement statement = connection.prepareStatement("UPDATE mail_outbox"
                + " SET submission_id = ?, detail = ?, updated_at = CURRENT_TIMESTAMP WHERE id = ?")) {
            statement.setString(1, given);
            statement.setString(2, database.owner());
            statement.setObject(3, id);
            statement.executeUpdate();
        }
        connection.commit();
        return given;
    }

    private boolean isStillOurs(Connection connection, Object id, String submissionId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM mail_outbox"
                + " WHERE id = ? AND submission_id = ? AND status = 'NEW' FOR UPDATE SKIP LOCKED")) {
            statement.setObject(1, id);
            statement.setString(2, submissionId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private Submission submission(RowInProgress row, OutboxTables tables, Spool files)
            throws SQLException, IOException {
        String name = database.source().name();
        checkTextLength(row);
        OutboxRow columns = OutboxRow.read(row.connection(), row.id());
        var message = new RowMessage(columns);
        var reader = new OutboxAttachments(
                tables, database.source().maxMessageSize(), "m365.source." + name + ".max-message-size");
        List<Attachment> attachments = reader.read(row.connection(), row.id(), files);
        return new Submission(
                name,
                message.envelope(),
                message.content(attachments, new MessageComposer(spool)),
                message.priority(),
                columns.id(),
                "database source " + name + " with SQL",
                clock.instant(),
                null,
                OnceOnly.ownKey(row.submissionId()));
    }

    /** Before the text is fetched, which puts it into the heap. */
    private static void checkTextLength(RowInProgress row) throws SQLException {
        try (PreparedStatement statement = row.connection()
                .prepareStatement("SELECT COALESCE(CHAR_LENGTH(text_body), 0) + COALESCE(CHAR_LENGTH(html_body), 0)"
                        + " + COALESCE(CHAR_LENGTH(recipients), 0) + COALESCE(CHAR_LENGTH(cc), 0)"
                        + " + COALESCE(CHAR_LENGTH(bcc), 0) + COALESCE(CHAR_LENGTH(headers), 0)"
                        + " FROM mail_outbox WHERE id = ?")) {
            statement.setObject(1, row.id());
            try (ResultSet length = statement.executeQuery()) {
                if (length.next() && length.getLong(1) > MAX_TEXT) {
                    throw new RefusedMessageException(
                            552,
                            "5.3.4",
                            "the row has " + length.getLong(1) + " characters of text, more than " + MAX_TEXT
                                    + ": put long text into mail_outbox_attachment");
                }
            }
        }
    }
}
