package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import io.m365mail.app.RunningBundle;
import io.m365mail.testing.FreePort;
import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The database is away for a while, or not as it must be: one line in the log, nothing lost, nothing sent twice. A minute
 * without it is ten polls that fail, for each waits 5 s for a connection and the next comes 1 s later. Here these are 0.5 s
 * and 0.1 s, so that as many fail in seconds.
 */
@Timeout(120)
class DatabaseOutageTest {
    /** Off, as to warnings, in the settings that are shipped. */
    private static final Set<String> OFF = Set.of(
            "com.zaxxer.hikari.pool.ProxyConnection",
            "com.zaxxer.hikari.pool.PoolBase",
            "org.apache.camel.spring.spi.TransactionErrorHandler");

    private static final int POLLS_OF_A_MINUTE = 10;
    private static final int CONNECT_MILLIS = 500;
    /** After so many milliseconds a pool of HikariCP takes up another time-out. */
    private static final String TAKE_UP = "com.zaxxer.hikari.housekeeping.periodMs";

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private static final Logger WATCH = (Logger) LoggerFactory.getLogger(DatabaseWatch.class);

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent e) {
            // Else the name of the thread is that of whoever asks for it.
            e.prepareForDeferredProcessing();
            super.append(e);
        }
    };
    private MailSink sink;

    @BeforeEach
    void start() throws Exception {
        System.setProperty(TAKE_UP, "1000");
        sink = new MailSink();
        // Each failure of its own is at DEBUG: counted here, and kept from the console.
        WATCH.setLevel(Level.DEBUG);
        WATCH.setAdditive(false);
        log.start();
        WATCH.addAppender(log);
        ROOT.addAppender(log);
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty(TAKE_UP);
        ROOT.detachAppender(log);
        WATCH.detachAppender(log);
        WATCH.setAdditive(true);
        WATCH.setLevel(null);
        sink.close();
    }

    private EmbeddedPostgres postgres(int port) throws Exception {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(folder.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start();
    }

    /** Of the polls alone: each has waited for a connection in vain. */
    private long failedPolls() {
        return List.copyOf(log.list).stream()
                .filter(e -> e.getLevel() == Level.DEBUG && e.getThreadName().equals("m365-outbox-orders"))
                .count();
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream()
                .filter(e -> e.getLevel().isGreaterOrEqual(Level.INFO))
                .filter(e -> !OFF.contains(e.getLoggerName()))
                // A row that was accepted as the database went: the broker knows it.
                .filter(e -> !e.getMessage().startsWith("AMQ222059"))
                // Of the housekeeping that was made to come so often.
                .filter(e -> !e.getMessage().contains("Thread starvation or clock leap detected"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    @Test
    void whatWasUnderWayGoesOnWhereItWas() throws Exception {
        int port = FreePort.next();
        var outbox = new OutboxFixture("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres");
        RunningBundle bundle;
        try (EmbeddedPostgres before = postgres(port)) {
            outbox.createTables("postgresql");
            outbox.execute("INSERT INTO mail_outbox (sender, recipients, subject, text_body)"
                    + " SELECT 'orders@contoso.com', 'bob@fabrikam.com', 'row ' || n, 'Hello'"
                    + " FROM generate_series(1, 300) n");
            bundle = RunningBundle.start(folder, outbox.source("orders") + sink.transport());
            bundle.bundle()
                    .camelContext()
                    .getRegistry()
                    .lookupByNameAndType("outbox-orders", HikariDataSource.class)
                    .getHikariConfigMXBean()
                    .setConnectionTimeout(CONNECT_MILLIS);
            await(() -> sink.taken().size() >= 50);
        }
        try {
            await(() -> !lines().isEmpty());
            await(() -> failedPolls() >= POLLS_OF_A_MINUTE);
            assertThat(lines()).hasSize(1);
            assertThat(lines().get(0)).startsWith("source orders: no row is taken or marked for now");
            try (EmbeddedPostgres after = postgres(port)) {
                await(() -> outbox.value("SELECT COUNT(*) FROM mail_outbox WHERE status = 'SENT'")
                        .equals("300"));
                await(() -> lines().size() >= 2);
                assertThat(lines()).hasSize(2);
                assertThat(lines().get(1)).isEqualTo("source orders: rows are taken and marked again");
            }
            assertThat(sink.taken().stream().map(m -> m.field("Subject")))
                    .hasSize(300)
                    .doesNotHaveDuplicates();
        } finally {
            bundle.close();
        }
    }

    @Test
    void tablesThatAreMissingOrWrongAreNamedWithTheCure() throws Exception {
        var outbox = new OutboxFixture("jdbc:h2:mem:outage;DB_CLOSE_DELAY=-1", "");
        try (RunningBundle bundle = RunningBundle.start(folder, outbox.source("orders") + sink.transport())) {
            await(() -> lines().size() == 1);
            assertThat(lines().get(0))
                    .contains("table mail_outbox cannot be read", "config/sql/outbox-h2.sql")
                    .doesNotContain("Exception");
            outbox.createTables("h2");
            outbox.insert(1, "bob@fabrikam.com", "after all");
            outbox.awaitStatus(1, "SENT");
            await(() -> lines().size() == 2);
        }
    }
}
