package io.m365mail.source.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.m365mail.config.SourceConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;

/**
 * The application's database: a small pool that comes up whether or not the database is there, and what was found out
 * about its tables once it was. The connections commit each statement unless told otherwise.
 */
public final class OutboxDatabase implements AutoCloseable {
    /** One for the poll, which stays open while its rows are worked on, one for the row, two for the outcomes. */
    private static final int CONNECTIONS = 5;

    private static final long CONNECT_TIMEOUT_MILLIS = 5_000;

    private final SourceConfig.Database source;
    private final String owner;
    private final HikariDataSource pool;
    private final ScheduledExecutorService polling;
    private volatile OutboxTables tables;

    /**
     * @param broker a name of the broker that accepted submissions lie in, {@code [a-z0-9-]+}: a row that was taken and
     *     not yet accepted may be taken up by whoever works with the same one
     */
    public OutboxDatabase(SourceConfig.Database source, String broker) {
        if (!broker.matches("[a-z0-9-]{1,40}")) {
            throw new IllegalArgumentException("not a name of a broker: " + broker);
        }
        this.source = source;
        this.owner = "being submitted by " + broker;
        var hikari = new HikariConfig();
        hikari.setPoolName("m365-outbox-" + source.name());
        hikari.setJdbcUrl(source.url());
        hikari.setUsername(source.username());
        hikari.setPassword(source.password() == null ? null : source.password().reveal());
        hikari.setMaximumPoolSize(CONNECTIONS);
        hikari.setMinimumIdle(0);
        hikari.setIdleTimeout(60_000);
        hikari.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
        hikari.setValidationTimeout(CONNECT_TIMEOUT_MILLIS);
        hikari.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        // The pool opens although the database is away.
        hikari.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(hikari);
        polling = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "m365-outbox-" + source.name());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** For the polling endpoint: one of Camel's own would have the whole query in its thread's name. */
    public ScheduledExecutorService polling() {
        return polling;
    }

    /** For the polling endpoint. */
    public DataSource dataSource() {
        return pool;
    }

    SourceConfig.Database source() {
        return source;
    }

    /**
     * Stands in the detail of a row that was taken and not accepted yet: letters, digits, blanks and hyphens only, so that
     * it may stand in the text of a query.
     */
    public String owner() {
        return owner;
    }

    /** A connection with a transaction to commit or roll back. */
    Connection begin() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * What the tables are like; looked at once.
     *
     * @throws SQLException when the database is away
     * @throws OutboxSchemaException when the tables are not as they must be
     */
    OutboxTables tables() throws SQLException {
        OutboxTables known = tables;
        if (known == null) {
            try (Connection connection = pool.getConnection()) {
                known = OutboxTables.look(connection);
            }
            tables = known;
        }
        return known;
    }

    @Override
    public void close() {
        polling.shutdownNow();
        pool.close();
    }
}
