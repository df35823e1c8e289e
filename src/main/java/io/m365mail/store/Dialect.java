package io.m365mail.store;

import java.util.Map;

/**
 * Where the databases differ; all other SQL is portable.
 *
 * <p>H2 (2.4, MVStore), from its source: with {@code WRITE_DELAY=0} no background writer runs and a commit writes its
 * chunk to the file before it returns, so that {@code kill -9} loses nothing; it does not call {@code fsync}.
 * {@code CHECKPOINT SYNC} does ({@code FileChannel.force(true)}). With a write delay above 0 it would not be enough: the
 * background writer hands chunks to another thread, and the sync does not wait for that thread.
 */
enum Dialect {
    H2("CHECKPOINT SYNC", null, Map.of()),
    /** Commits are synced unless the server's {@code synchronous_commit} was turned off. */
    POSTGRESQL(
            null,
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            // Seconds. Without them a network that swallows packets would hold the asking thread for ever.
            Map.of("connectTimeout", "5", "socketTimeout", "10", "tcpKeepAlive", "true"));

    /** Run after a commit that must be on disk; null where the commit itself is durable. */
    final String sync;

    /** The database's clock in milliseconds since 1970; null where the database lives in this process. */
    final String clock;

    /** Properties of the driver for a server that does not answer; the URL may say otherwise. */
    final Map<String, String> patience;

    Dialect(String sync, String clock, Map<String, String> patience) {
        this.sync = sync;
        this.clock = clock;
        this.patience = patience;
    }

    static Dialect of(String jdbcUrl) {
        if (jdbcUrl.startsWith("jdbc:h2:")) {
            return H2;
        }
        if (jdbcUrl.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        throw new IllegalArgumentException("m365.store.url: " + jdbcUrl.replaceAll("[?;].*", "")
                + " is not supported; use \"embedded\" or a URL that starts with jdbc:postgresql:");
    }
}
