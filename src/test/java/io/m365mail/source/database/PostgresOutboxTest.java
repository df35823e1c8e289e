package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.OutboxFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    /** A database without an encoding keeps any bytes, and its driver cannot read what is not UTF-8. */
    @Test
    void aRowWhoseBytesAreNoTextIsDeadAndTheNextOnesGo() throws Exception {
        outbox.execute("DROP DATABASE IF EXISTS bytes");
        outbox.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        outbox = new OutboxFixture(postgres.getJdbcUrl("postgres", "bytes").replaceAll("\\?.*", ""), "postgres");
        outbox.createTables(script());
        outbox.insert(1, "bob@fabrikam.com", "latin");
        outbox.execute("UPDATE mail_outbox SET subject = convert_from('\\xe4f6'::bytea, 'SQL_ASCII') WHERE id = 1");
        outbox.insert(2, "bob@fabrikam.com", "next");
        run();
        outbox.awaitStatus(2, "SENT");
        assertThat(outbox.status(1)).isEqualTo("DEAD");
        assertThat(outbox.detail(1)).contains("the database cannot read the row", "invalid byte sequence", "0xe4 0xf6");
    }
}
