package io.m365mail.testing;

import io.m365mail.config.BundleConfig;
import io.m365mail.limit.Timing;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A real PostgreSQL as the store of several instances. Its clock, which the limits go by, is moved by the test together
 * with the instances' own: a function of the same name in a schema that is searched first.
 */
public final class SharedStore implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final ManualClock clock = new ManualClock();

    public SharedStore() throws IOException, SQLException {
        // A busy machine takes longer than its default of 10 s.
        postgres = EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        empty();
    }

    /** As new, by the clock as it is now. */
    public void empty() throws SQLException {
        execute("DROP SCHEMA IF EXISTS m365 CASCADE");
        execute("CREATE SCHEMA m365");
        execute("CREATE TABLE m365.now (at BIGINT NOT NULL)");
        execute("INSERT INTO m365.now VALUES (" + clock.now().toEpochMilli() + ")");
        execute("CREATE FUNCTION m365.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " AS 'SELECT to_timestamp(at / 1000.0) FROM m365.now'");
    }

    /** Both clocks: the database's first, as its answers must not be older than who asks. */
    public void advance(Duration by) throws SQLException {
        execute("UPDATE m365.now SET at = " + clock.now().plus(by).toEpochMilli());
        clock.advance(by);
    }

    public Timing timing() {
        return clock;
    }

    public ManualClock clock() {
        return clock;
    }

    public String url() {
        return postgres.getJdbcUrl("postgres", "postgres").replaceAll("\\?.*", "")
                + "?user=postgres&currentSchema=m365,pg_catalog";
    }

    public BundleConfig.Store config() {
        return new BundleConfig.Store(url(), null, null);
    }

    /** The key of a bundle on this store. */
    public String properties() {
        return "m365.store.url=" + url() + "\n";
    }

    /** The same through a proxy on 127.0.0.1. */
    public String properties(int proxy) {
        return properties().replaceFirst("://[^/]*/", "://127.0.0.1:" + proxy + "/");
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A single number. */
    public long count(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The server's port. */
    public int port() {
        return postgres.getPort();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
