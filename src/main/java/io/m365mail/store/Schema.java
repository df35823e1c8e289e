package io.m365mail.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings the tables to this program's version: the scripts below {@code /sql} that the database has not seen run in
 * order, each in one transaction with the entry in {@code m365_schema} where the database can do so. Instances that
 * start together wait for each other on a row lock.
 */
final class Schema {
    /** Add new scripts at the end; never change one that was released. */
    private static final List<String> SCRIPTS = List.of(
            "/sql/001-limits.sql",
            "/sql/002-outbox.sql",
            "/sql/003-flow.sql",
            "/sql/004-instances.sql",
            "/sql/005-sent.sql",
            "/sql/006-tenant.sql");

    private Schema() {}

    static void migrate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            createVersionTable(connection, statement);
            insertFirstRow(connection, statement);
            int version = lockedVersion(statement);
            if (version > SCRIPTS.size()) {
                throw new SQLException("the store has schema version " + version + ", this program knows "
                        + SCRIPTS.size() + ": a newer release wrote it; run that release or restore a backup");
            }
            for (int next = version; next < SCRIPTS.size(); next++) {
                for (String sql : statements(SCRIPTS.get(next))) {
                    statement.execute(sql);
                }
                statement.executeUpdate("UPDATE m365_schema SET version = " + (next + 1));
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    /** PostgreSQL checks and creates in two steps: of two instances that start together one may fail, and find it made. */
    private static void createVersionTable(Connection connection, Statement statement) throws SQLException {
        try {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS m365_schema (only_row INT NOT NULL PRIMARY KEY, version INT NOT NULL)");
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (!Store.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    private static void insertFirstRow(Connection connection, Statement statement) throws SQLException {
        try {
            statement.executeUpdate("INSERT INTO m365_schema (only_row, version) SELECT 1, 0"
                    + " WHERE NOT EXISTS (SELECT 1 FROM m365_schema)");
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (!Store.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    private static int lockedVersion(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT version FROM m365_schema FOR UPDATE")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static List<String> statements(String resource) {
        try (InputStream in = Schema.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
            return split(text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " from the class path", e);
        }
    }

    /** The scripts hold no literals with semicolons. */
    private static List<String> split(String script) {
        return List.of(script.split(";")).stream()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
    }
}
