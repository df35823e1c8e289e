package io.m365mail.source.database;

import io.m365mail.compose.Attachment;
import io.m365mail.compose.Blob;
import io.m365mail.compose.Spool;
import io.m365mail.mail.RefusedMessageException;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies the attachments of a row into a spool, never holding more than a piece of one in the heap. H2 hands out a value
 * as a stream; the drivers of PostgreSQL and MariaDB put a whole value into the heap, so there it is read in pieces.
 */
final class OutboxAttachments {
    private static final int PIECE = 1 << 20;

    private final OutboxTables tables;
    private final long maxBytes;
    private final String limitKey;

    /**
     * @param maxBytes of all attachments of a row
     * @param limitKey the configuration key that says so
     */
    OutboxAttachments(OutboxTables tables, long maxBytes, String limitKey) {
        this.tables = tables;
        this.maxBytes = maxBytes;
        this.limitKey = limitKey;
    }

    private record Head(String name, String type, String contentId, long size) {}

    List<Attachment> read(Connection connection, Object id, Spool spool) throws SQLException, IOException {
        List<Head> heads = heads(connection, id);
        long size = heads.stream().mapToLong(Head::size).sum();
        if (size > maxBytes) {
            throw new RefusedMessageException(
                    552,
                    "5.3.4",
                    "the attachments have " + size + " bytes, more than " + maxBytes + " (" + limitKey + ")");
        }
        List<Attachment> all = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
            Head head = heads.get(i);
            Blob content = content(connection, id, i, head.size(), spool);
            try {
                all.add(new Attachment(head.name(), head.type(), head.contentId(), content));
            } catch (IllegalArgumentException e) {
                throw new RefusedMessageException(550, "5.6.0", e.getMessage());
            }
        }
        return all;
    }

    private List<Head> heads(Connection connection, Object id) throws SQLException {
        List<Head> heads = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT name, content_type, content_id,"
                + " OCTET_LENGTH(content) FROM mail_outbox_attachment WHERE outbox_id = ? ORDER BY "
                + tables.attachmentOrder())) {
            statement.setObject(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    heads.add(new Head(
                            rows.getString(1),
                            blankAsNull(rows.getString(2)),
                            blankAsNull(rows.getString(3)),
                            rows.getLong(4)));
                    if (rows.wasNull() || heads.get(heads.size() - 1).name() == null) {
                        throw new RefusedMessageException(
                                550, "5.6.0", "attachment " + heads.size() + " has no name or no content");
                    }
                }
            }
        }
        return heads;
    }

    private static String blankAsNull(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private Blob content(Connection connection, Object id, int index, long size, Spool spool)
            throws SQLException, IOException {
        Spool.Writer out = spool.writer();
        try (out) {
            if (tables.streams()) {
                stream(connection, id, index, out);
            } else {
                for (long from = 1; from <= size; from += PIECE) {
                    piece(connection, id, index, from, out);
                }
            }
        }
        Blob blob = out.blob();
        if (blob.size() != size) {
            throw new IOException("attachment " + (index + 1) + " of outbox row " + id + " changed while it was read");
        }
        return blob;
    }

    private void piece(Connection connection, Object id, int index, long from, Spool.Writer out)
            throws SQLException, IOException {
        try (PreparedStatement statement = one(connection, "SUBSTRING(content FROM ? FOR ?)")) {
            statement.setInt(1, Math.toIntExact(from));
            statement.setInt(2, PIECE);
            statement.setObject(3, id);
            statement.setInt(4, index);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    out.write(row.getBytes(1));
                }
            }
        }
    }

    private void stream(Connection connection, Object id, int index, Spool.Writer out)
            throws SQLException, IOException {
        try (PreparedStatement statement = one(connection, "content")) {
            statement.setObject(1, id);
            statement.setInt(2, index);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    try (InputStream in = row.getBinaryStream(1)) {
                        in.transferTo(out);
                    }
                }
            }
        }
    }

    private PreparedStatement one(Connection connection, String what) throws SQLException {
        return connection.prepareStatement(
                "SELECT " + what + " FROM mail_outbox_attachment WHERE outbox_id = ? ORDER BY "
                        + tables.attachmentOrder() + " LIMIT 1 OFFSET ?");
    }
}
