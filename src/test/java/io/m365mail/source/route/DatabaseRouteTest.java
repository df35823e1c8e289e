package io.m365mail.source.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.SourceConfig;
import io.m365mail.event.EventPublisher;
import io.m365mail.event.IntakeEvents;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import io.m365mail.source.database.DatabaseWatch;
import io.m365mail.source.database.MarkRow;
import io.m365mail.source.database.OutboxDatabase;
import io.m365mail.source.database.RowStates;
import io.m365mail.source.database.TakeRow;
import io.m365mail.store.Store;
import io.m365mail.testing.OutboxFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code routes/source-database.camel.yaml} on a real table of H2. */
@Timeout(60)
class DatabaseRouteTest extends SourceRoute {
    @TempDir
    private Path folder;

    private final OutboxFixture outbox =
            new OutboxFixture("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "");
    private OutboxDatabase database;
    private Store store;

    @BeforeEach
    void startRoute() throws Exception {
        outbox.createTables("h2");
        var config = new SourceConfig.Database("orders", outbox.url(), null, null, Duration.ofMillis(100), 1 << 20);
        database = new OutboxDatabase(config, "here");
        store = Store.open(new BundleConfig.Store("embedded", null, null), folder);
        var states = new RowStates(database, store);
        // Nobody listens to events, so nothing connects.
        var nobody = new EventPublisher(new ActiveMQConnectionFactory(), () -> false, Set.of(), false);
        Path spool = Files.createDirectories(folder.resolve("spool"));
        var registry = context.getRegistry();
        registry.bind("outbox-orders", database.dataSource());
        registry.bind("polling-orders", database.polling());
        registry.bind("watch-orders", new DatabaseWatch(database));
        registry.bind(
                "take-orders", new TakeRow(database, spool, () -> "ours-" + UUID.randomUUID(), Clock.systemUTC()));
        registry.bind("mark-orders", new MarkRow("orders", states, new IntakeEvents(nobody, Clock.systemUTC())));
        run("source-database", Map.of("name", "orders", "pollInterval", "100", "owner", database.owner()));
    }

    @AfterEach
    void close() {
        context.stop();
        database.close();
        store.close();
    }

    @Test
    void aRowIsHandedOverAndAccepted() throws Exception {
        outbox.insert(1, "bob@fabrikam.com", "Order");
        outbox.awaitStatus(1, "ACCEPTED");
        assertThat(handedOver()).hasSize(1);
        Submission s = handedOver().get(0);
        assertThat(s.source()).isEqualTo("orders");
        assertThat(s.envelope().from()).isEqualTo("orders@contoso.com");
        assertThat(s.envelope().recipients()).extracting(Recipient::address).containsExactly("bob@fabrikam.com");
        assertThat(s.submitterId()).isEqualTo("1");
        assertThat(s.onceKey()).contains(outbox.value("SELECT submission_id FROM mail_outbox"));
    }

    @Test
    void whatCanNeverBeSentIsDeadInItsRow() throws Exception {
        answers(Answer.NEVER);
        outbox.insert(1, "bob@fabrikam.com", "Order");
        outbox.awaitStatus(1, "DEAD");
        assertThat(outbox.detail(1)).isEqualTo("550 5.7.1 no transport carries it");
        assertThat(refusals().getReceivedCounter())
                .as("the row says it, no letter does")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_NOW", "BROKEN"})
    void whatCannotBeTakenNowStaysNewAndIsTheSameSubmissionLater(Answer answer) throws Exception {
        answers(answer);
        outbox.insert(1, "bob@fabrikam.com", "Order");
        await().until(() -> handedOver().size() >= 2);
        assertThat(outbox.status(1)).isEqualTo("NEW");
        answers(Answer.YES);
        outbox.awaitStatus(1, "ACCEPTED");
        assertThat(handedOver())
                .extracting(Submission::onceKey)
                .containsOnly(handedOver().get(0).onceKey());
    }

    @Test
    void aCancelledRowIsNotHandedOver() throws Exception {
        outbox.insert(1, "bob@fabrikam.com", "Order");
        outbox.awaitStatus(1, "ACCEPTED");
        outbox.execute("INSERT INTO mail_outbox (id, sender, recipients, status) VALUES"
                + " (2, 'orders@contoso.com', 'bob@fabrikam.com', 'CANCELLED')");
        outbox.insert(3, "bob@fabrikam.com", "Order");
        outbox.awaitStatus(3, "ACCEPTED");
        assertThat(handedOver()).extracting(Submission::submitterId).containsExactly("1", "3");
    }
}
