package io.m365mail.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The database of an application that knows nothing of mail: it inserts a row into {@code mail_outbox}, made by the DDL
 * that the product ships, and reads there what became of it.
 */
final class DemoOutbox implements AutoCloseable {
    private final String url;
    private final Connection connection;

    private DemoOutbox(String url) throws SQLException {
        this.url = url;
        this.connection = DriverManager.getConnection(url);
    }

    /** @param file of H2, without its ending; there is none yet */
    static DemoOutbox create(Path file) throws IOException, SQLException {
        var outbox = new DemoOutbox("jdbc:h2:file:" + file);
        try (InputStream ddl = DemoOutbox.class.getResourceAsStream("/schema/sql/outbox-h2.sql");
                Statement statement = outbox.connection.createStatement()) {
            statement.execute(new String(ddl.readAllBytes(), StandardCharsets.UTF_8));
            return outbox;
        }
    }

    /** For the relay: the same database, in this process. */
    String url() {
        return url;
    }

    /** Commits one row. */
    void insert(String sender, String recipients, String subject, String text) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO mail_outbox (sender, recipients, subject, text_body) VALUES (?, ?, ?, ?)")) {
            insert.setString(1, sender);
            insert.setString(2, recipients);
            insert.setString(3, subject);
            insert.setString(4, text);
            insert.executeUpdate();
        }
    }

    /** What the application reads of a row. */
    record Row(int id, String status, String detail) {
        boolean isFinal() {
            return !status.equals("NEW") && !status.equals("ACCEPTED");
        }
    }

    List<Row> rows() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet all = statement.executeQuery("SELECT id, status, detail FROM mail_outbox ORDER BY id")) {
            List<Row> rows = new ArrayList<>();
            while (all.next()) {
                rows.add(new Row(all.getInt(1), all.getString(2), all.getString(3)));
            }
            return rows;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
