package io.m365mail.source.database;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the outbox tables of a database are like, and whether they are what the source needs.
 *
 * @param idKind how the text of an id becomes a value again
 * @param detailLength how many characters {@code mail_outbox.detail} takes
 * @param attachmentOrder columns that order the attachments of a row the same way each time
 * @param recipients the table {@code mail_outbox_recipient} is there
 * @param streams the driver hands out a large value as a stream; else it is asked for in pieces
 */
record OutboxTables(IdKind idKind, int detailLength, String attachmentOrder, boolean recipients, boolean streams) {
    static final String OUTBOX = "mail_outbox";
    static final String ATTACHMENT = "mail_outbox_attachment";
    static final String RECIPIENT = "mail_outbox_recipient";

    private static final List<String> OUTBOX_COLUMNS = List.of(
            "id",
            "sender",
            "recipients",
            "cc",
            "bcc",
            "subject",
            "text_body",
            "html_body",
            "headers",
            "priority",
            "send_at",
            "status",
            "submission_id",
            "detail",
            "created_at",
            "updated_at");
    private static final List<String> ATTACHMENT_COLUMNS =
            List.of("outbox_id", "name", "content_type", "content_id", "content");
    private static final List<String> RECIPIENT_COLUMNS =
            List.of("outbox_id", "address", "status", "detail", "updated_at");
    private static final int MIN_DETAIL = 60;
    private static final int MIN_SUBMISSION_ID = 22;
    private static final int MAX_DETAIL = 1000;

    /** The types of an id that are not simply text. */
    enum IdKind {
        TEXT,
        NUMBER,
        UUID
    }

    /** The value of an id that was written as text. */
    Object id(String text) {
        return switch (idKind) {
            case TEXT -> text;
            case NUMBER -> new BigDecimal(text);
            case UUID -> UUID.fromString(text);
        };
    }

    static OutboxTables look(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        Map<String, Column> outbox = columns(connection, OUTBOX, OUTBOX_COLUMNS, product);
        Map<String, Column> attachment = columns(connection, ATTACHMENT, ATTACHMENT_COLUMNS, product);
        boolean recipients = exists(connection, RECIPIENT);
        if (recipients) {
            columns(connection, RECIPIENT, RECIPIENT_COLUMNS, product);
        }
        atLeast(outbox, "detail", MIN_DETAIL);
        atLeast(outbox, "submission_id", MIN_SUBMISSION_ID);
        int length = outbox.get("detail").length();
        return new OutboxTables(
                kind(outbox.get("id")),
                length <= 0 ? MAX_DETAIL : Math.min(length, MAX_DETAIL),
                attachment.containsKey("id") ? "id" : order(product),
                recipients,
                product.equals("H2"));
    }

    /** For attachments without an id: which of two equal ones comes first does not matter. */
    private static String order(String product) {
        return switch (product) {
            case "H2" -> "_ROWID_";
            case "PostgreSQL" -> "ctid";
            default -> "name, content_id, OCTET_LENGTH(content), MD5(content)";
        };
    }

    private record Column(int type, String typeName, int length) {}

    private static IdKind kind(Column id) {
        if (id.typeName().equalsIgnoreCase("uuid")) {
            return IdKind.UUID;
        }
        return switch (id.type()) {
            case Types.BIGINT, Types.INTEGER, Types.SMALLINT, Types.NUMERIC, Types.DECIMAL -> IdKind.NUMBER;
            default -> IdKind.TEXT;
        };
    }

    private static void atLeast(Map<String, Column> columns, String name, int least) {
        int length = columns.get(name).length();
        if (length > 0 && length < least) {
            throw new OutboxSchemaException(
                    "column " + OUTBOX + "." + name + " takes " + length + " characters: make it at least " + least,
                    null);
        }
    }

    private static Map<String, Column> columns(Connection connection, String table, List<String> needed, String product)
            throws SQLException {
        Map<String, Column> found = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
            ResultSetMetaData data = none.getMetaData();
            for (int i = 1; i <= data.getColumnCount(); i++) {
                found.put(
                        data.getColumnName(i).toLowerCase(Locale.ROOT),
                        new Column(data.getColumnType(i), data.getColumnTypeName(i), data.getPrecision(i)));
            }
        } catch (SQLException e) {
            if (isAway(e)) {
                throw e;
            }
            throw new OutboxSchemaException(
                    "table " + table + " cannot be read (" + oneLine(e) + "): make it with " + script(product)
                            + ", and let the source's login use it",
                    e);
        }
        List<String> missing = new ArrayList<>(needed);
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            throw new OutboxSchemaException(
                    "table " + table + " has no column " + String.join(", ", missing) + ": add it as " + script(product)
                            + " has it",
                    null);
        }
        return found;
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT 1 FROM " + table + " WHERE 1 = 0")) {
            return true;
        } catch (SQLException e) {
            if (isAway(e)) {
                throw e;
            }
            return false;
        }
    }

    private static String script(String product) {
        String name = product.toLowerCase(Locale.ROOT);
        return "config/sql/outbox-" + (name.equals("postgresql") || name.equals("h2") ? name : "mariadb") + ".sql";
    }

    /** The connection failed, rather than the statement (SQLSTATE class 08; 57P and 9013 are servers that stop). */
    private static boolean isAway(SQLException e) {
        String state = e.getSQLState() == null ? "08" : e.getSQLState();
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("901");
    }

    static String oneLine(Throwable t) {
        return String.valueOf(t.getMessage()).replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
