package io.m365mail.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** An application's side of an outbox: writes rows and looks at what becomes of them. */
public final class OutboxFixture {
    private final String url;
    private final String username;

    public OutboxFixture(String url, String username) {
        this.url = url;
        this.username = username;
    }

    public String url() {
        return url;
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, username, "");
    }

    /** The keys of the source. */
    public String source(String name) {
        return """
                m365.source.%1$s.type=database
                m365.source.%1$s.url=%2$s
                m365.source.%1$s.poll-interval=100ms
                """
                .formatted(name, url + (url.startsWith("jdbc:h2:") ? "" : "?user=" + username));
    }

    /** @param script {@code h2}, {@code postgresql} or {@code mariadb} */
    public void createTables(String script) throws SQLException, IOException {
        for (String sql : Files.readString(Path.of("config/sql/outbox-" + script + ".sql"))
                .replaceAll("(?m)^--.*$", "")
                .split(";")) {
            if (!sql.isBlank()) {
                execute(sql);
            }
        }
    }

    public void execute(String sql, Object... values) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    /** A plain row with this id. */
    public void insert(long id, String recipients, String subject) throws SQLException {
        execute(
                "INSERT INTO mail_outbox (id, sender, recipients, subject, text_body) VALUES (?, ?, ?, ?, ?)",
                id,
                "orders@contoso.com",
                recipients,
                subject,
                "Hello");
    }

    public String value(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    public List<String> values(String sql) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    public String status(long id) throws SQLException {
        return value("SELECT status FROM mail_outbox WHERE id = " + id);
    }

    public String detail(long id) throws SQLException {
        return value("SELECT detail FROM mail_outbox WHERE id = " + id);
    }

    public void awaitStatus(long id, String status) {
        Awaitility.await("status of row " + id)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> status(id), status::equals);
    }
}
