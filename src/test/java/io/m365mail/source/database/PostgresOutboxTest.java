package io.m365mail.source.database;

import io.m365mail.testing.OutboxFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With a real PostgreSQL. */
class PostgresOutboxTest extends OutboxContract {
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @Override
    OutboxFixture database() throws Exception {
        var all = new OutboxFixture(postgres.getJdbcUrl("postgres", "postgres").replaceAll("\\?.*", ""), "postgres");
        all.execute("DROP SCHEMA public CASCADE");
        all.execute("CREATE SCHEMA public");
        return all;
    }

    @Override
    String script() {
        return "postgresql";
    }
}
