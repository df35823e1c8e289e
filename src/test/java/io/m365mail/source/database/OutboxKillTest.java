package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes share one PostgreSQL outbox and are both killed with {@code -9}, twice. Each row is delivered; twice only
 * where the kill came between the server's 250 and our commit, which at most the deliveries in flight can suffer.
 */
@Timeout(480)
class OutboxKillTest {
    private static final int ROWS = 2_000;
    private static final int CONNECTIONS = 4;
    private static final int KILLS = 2;
    private static final int PROCESSES = 2;

    @TempDir
    Path folder;

    @Test
    void everyRowIsDeliveredAndHardlyAnyTwice() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                MailSink sink = new MailSink()) {
            var outbox = new OutboxFixture(
                    postgres.getJdbcUrl("postgres", "postgres").replaceAll("\\?.*", ""), "postgres");
            outbox.createTables("postgresql");
            outbox.execute("INSERT INTO mail_outbox (sender, recipients, subject, text_body)"
                    + " SELECT 'orders@contoso.com', 'bob@fabrikam.com', 'row ' || n, 'Hello'"
                    + " FROM generate_series(1, " + ROWS + ") n");
            String keys = outbox.source("orders") + sink.transport() + "m365.transport.sink.connections=" + CONNECTIONS
                    + "\n";
            for (int kill = 1; kill <= KILLS; kill++) {
                try (OutboxProcess a = OutboxProcess.start(folder.resolve("a"), keys, "-Xmx256m");
                        OutboxProcess b = OutboxProcess.start(folder.resolve("b"), keys, "-Xmx256m")) {
                    int enough = kill * ROWS / (KILLS + 1);
                    await(() -> sink.taken().size() >= enough);
                    assertThat(a.isAlive() && b.isAlive()).isTrue();
                }
            }
            try (OutboxProcess a = OutboxProcess.start(folder.resolve("a"), keys, "-Xmx256m");
                    OutboxProcess b = OutboxProcess.start(folder.resolve("b"), keys, "-Xmx256m")) {
                await(() -> outbox.value("SELECT COUNT(*) FROM mail_outbox WHERE status = 'SENT'")
                        .equals(String.valueOf(ROWS)));
            }
            List<String> subjects =
                    sink.taken().stream().map(m -> m.field("Subject")).toList();
            Set<String> rows = new HashSet<>(subjects);
            System.out.println("duplicates: " + (subjects.size() - rows.size()));
            assertThat(rows).hasSize(ROWS);
            assertThat(subjects.size() - rows.size()).isLessThanOrEqualTo(KILLS * PROCESSES * CONNECTIONS);
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
