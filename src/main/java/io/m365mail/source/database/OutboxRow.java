package io.m365mail.source.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The columns of a row that a message is made of; null where the row has none.
 *
 * @param id as text
 */
record OutboxRow(
        String id,
        String sender,
        String recipients,
        String cc,
        String bcc,
        String subject,
        String text,
        String html,
        String headers,
        Integer priority) {

    /** The row must be there: its reader has it locked. */
    static OutboxRow read(Connection connection, Object id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT id, sender, recipients, cc, bcc,"
                + " subject, text_body, html_body, headers, priority FROM mail_outbox WHERE id = ?")) {
            statement.setObject(1, id);
            try (ResultSet r = statement.executeQuery()) {
                r.next();
                int number = r.getInt(10);
                Integer priority = r.wasNull() ? null : number;
                return new OutboxRow(
                        r.getString(1),
                        r.getString(2),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5),
                        r.getString(6),
                        r.getString(7),
                        r.getString(8),
                        r.getString(9),
                        priority);
            }
        }
    }
}
