package io.m365mail.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.m365mail.config.BundleConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * The database behind the limits: H2 below the data folder, or one shared by several instances. A small pool of
 * connections; {@link #open} creates or updates the tables; {@link #close} gives back threads, connections and the file.
 * The broker holds the mail, the store only what must be counted; losing it costs a wait, never a message.
 *
 * <p>H2's file is locked through the operating system, so the lock of a killed process is gone with it.
 */
public final class Store implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 4;
    private static final int H2_DATABASE_ALREADY_OPEN = 90020;

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final boolean exclusive;
    private final String opening = UUID.randomUUID().toString();

    private Store(HikariDataSource pool, Dialect dialect, boolean exclusive) {
        this.pool = pool;
        this.dialect = dialect;
        this.exclusive = exclusive;
    }

    /** Work in one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /**
     * Opens the store and brings its tables up to date.
     *
     * @throws StoreException when the database cannot be reached or opened, or is newer than this program
     */
    public static Store open(BundleConfig.Store config, Path data) {
        String url = config.embedded() ? h2Url(data.resolve("store")) : config.url();
        Dialect dialect = Dialect.of(url);
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("m365-store");
        hikari.setJdbcUrl(url);
        hikari.setUsername(config.embedded() ? "sa" : config.username());
        hikari.setPassword(config.password() == null ? "" : config.password().reveal());
        hikari.setMaximumPoolSize(CONNECTIONS);
        hikari.setMinimumIdle(1);
        hikari.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        hikari.setValidationTimeout(CONNECT_TIMEOUT.toMillis());
        dialect.patience.forEach(hikari::addDataSourceProperty);
        hikari.setAutoCommit(false);
        hikari.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        HikariDataSource pool = null;
        try {
            pool = new HikariDataSource(hikari);
            try (Connection connection = pool.getConnection()) {
                Schema.migrate(connection);
            }
            return new Store(pool, dialect, config.embedded());
        } catch (SQLException | RuntimeException e) {
            if (pool != null) {
                pool.close();
            }
            throw new StoreException(problem(config, data, e), e);
        }
    }

    /** DB_CLOSE_ON_EXIT: H2 would close under us at SIGTERM, while we still drain. */
    private static String h2Url(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("m365.data: cannot create the folder " + folder, e);
        }
        return "jdbc:h2:file:" + folder.resolve("m365").toAbsolutePath()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000";
    }

    private static String problem(BundleConfig.Store config, Path data, Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SQLException s && s.getErrorCode() == H2_DATABASE_ALREADY_OPEN) {
                return "the store in " + data.resolve("store") + " is in use by another process: stop that one, or give"
                        + " this one another m365.data (several instances need a shared database: m365.store.url)";
            }
        }
        String where = config.embedded()
                ? data.resolve("store").toString()
                : config.url().replaceAll("[?;].*", "");
        return "the store " + where + " cannot be opened (m365.store.url): " + e.getMessage();
    }

    /** Runs the work and commits; what the work threw rolls back. */
    public <T> T transaction(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return commit(connection, work);
        }
    }

    /** As {@link #transaction}, but on disk, safe from a power loss, when it returns. */
    public <T> T durably(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            T result = commit(connection, work);
            if (dialect.sync != null) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(dialect.sync);
                }
            }
            return result;
        }
    }

    private static <T> T commit(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.in(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * The clock that all instances of this store share, in milliseconds since 1970.
     *
     * @param own this process's clock, which is the store's where no other process shares it
     */
    public long clock(Connection connection, long own) throws SQLException {
        if (dialect.clock == null) {
            return own;
        }
        try (PreparedStatement statement = connection.prepareStatement(dialect.clock);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** True where no other process can have this store open. */
    public boolean exclusive() {
        return exclusive;
    }

    /** A name for this opening of the store, different at each. */
    public String opening() {
        return opening;
    }

    /** Runs one statement with its values and says how many rows it changed. */
    public static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /**
     * The rest of the transaction is done by one instance at a time.
     *
     * @param name of a row of {@code m365_turn}
     */
    public static void takeTurn(Connection connection, String name) throws SQLException {
        try (PreparedStatement turn =
                connection.prepareStatement("SELECT name FROM m365_turn WHERE name = ? FOR UPDATE")) {
            turn.setString(1, name);
            turn.executeQuery().close();
        }
    }

    /** Sets the values of a statement in their order; none of them may be null. */
    public static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    public static boolean isDuplicateKey(SQLException e) {
        return "23505".equals(e.getSQLState());
    }

    @Override
    public void close() {
        if (pool.isClosed()) {
            return;
        }
        if (exclusive) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                // With the last connection of the pool the database closes and its file is free.
                statement.execute("SET DB_CLOSE_DELAY 0");
            } catch (SQLException e) {
                pool.close();
                throw new StoreException("the store did not close cleanly: " + e.getMessage(), e);
            }
        }
        pool.close();
    }
}
