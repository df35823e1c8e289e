package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.app.RunningBundle;
import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a database source promises, end to end, whatever the database. */
@Timeout(120)
abstract class OutboxContract {
    private static final int RACING = 60;

    @TempDir
    private Path folder;

    private MailSink sink;
    OutboxFixture outbox;
    private RunningBundle bundle;

    /** An empty database. */
    abstract OutboxFixture database() throws Exception;

    abstract String script();

    @BeforeEach
    void start() throws Exception {
        sink = new MailSink();
        outbox = database();
        outbox.createTables(script());
    }

    final void run() throws Exception {
        run("");
    }

    private void run(String more) throws Exception {
        bundle = RunningBundle.start(folder, outbox.source("orders") + sink.transport() + more);
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        sink.close();
    }

    @Test
    void aRowIsSentAndSaysSo() throws Exception {
        run();
        outbox.execute(
                "INSERT INTO mail_outbox (id, sender, recipients, cc, bcc, subject, text_body, html_body, headers)"
                        + " VALUES (7, 'Orders <orders@contoso.com>', 'Bob <bob@fabrikam.com>', 'ann@contoso.com',"
                        + " 'hidden@contoso.com', 'Größe', 'plain', '<b>rich</b>', 'X-Order: 42')");
        outbox.execute(
                "INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (7, 'a.txt', ?)",
                "attached".getBytes());
        outbox.awaitStatus(7, "SENT");
        MailSink.Mail mail = sink.taken().get(0);
        assertThat(mail.from()).isEqualTo("orders@contoso.com");
        assertThat(mail.to()).containsExactlyInAnyOrder("bob@fabrikam.com", "ann@contoso.com", "hidden@contoso.com");
        assertThat(mail.field("X-Order")).isEqualTo("42");
        assertThat(mail.text())
                .contains("plain", "<b>rich</b>", "a.txt", "YXR0YWNoZWQ=")
                .doesNotContain("hidden@");
        assertThat(outbox.detail(7)).isEqualTo("3 of 3 recipients sent");
        assertThat(mail.text()).contains(outbox.value("SELECT submission_id FROM mail_outbox WHERE id = 7"));
        assertThat(outbox.values("SELECT CONCAT(address, ' ', status, ' ', detail) FROM mail_outbox_recipient"))
                .containsExactlyInAnyOrder(
                        "bob@fabrikam.com SENT 250 2.6.0 taken",
                        "ann@contoso.com SENT 250 2.6.0 taken",
                        "hidden@contoso.com SENT 250 2.6.0 taken");
    }

    @Test
    void everyRecipientHasItsOutcome() throws Exception {
        run();
        outbox.insert(1, "bob@fabrikam.com, dead1@fabrikam.com", "one");
        outbox.insert(2, "dead1@fabrikam.com, dead2@fabrikam.com", "two");
        outbox.insert(3, "dead1@fabrikam.com", "three");
        outbox.insert(4, "bob@fabrikam.com, later@fabrikam.com", "four");
        outbox.awaitStatus(1, "PARTIAL");
        outbox.awaitStatus(2, "DEAD");
        outbox.awaitStatus(3, "DEAD");
        assertThat(outbox.detail(1)).isEqualTo("1 of 2 recipients sent; dead1@fabrikam.com: 550 5.1.1 no such mailbox");
        assertThat(outbox.detail(3)).isEqualTo("550 5.1.1 no such mailbox");
        Awaitility.await()
                .untilAsserted(() -> assertThat(outbox.detail(4)).isEqualTo("1 of 2 recipients sent, 1 open"));
        assertThat(outbox.status(4)).isEqualTo("ACCEPTED");
    }

    @Test
    void withoutATableOfRecipientsTheRowStillHasTheRightStatus() throws Exception {
        outbox.execute("DROP TABLE mail_outbox_recipient");
        run();
        outbox.insert(1, "bob@fabrikam.com, dead1@fabrikam.com", "one");
        outbox.insert(2, "bob@fabrikam.com, ann@fabrikam.com", "two");
        outbox.insert(3, "bob@fabrikam.com", "three");
        outbox.insert(4, "dead1@fabrikam.com", "four");
        outbox.awaitStatus(1, "PARTIAL");
        outbox.awaitStatus(2, "SENT");
        outbox.awaitStatus(3, "SENT");
        outbox.awaitStatus(4, "DEAD");
    }

    @Test
    void aBadRowIsDeadWithItsReasonAndTheNextOnesGo() throws Exception {
        outbox.insert(1, null, "nobody");
        outbox.insert(2, "x".repeat(300) + "@fabrikam.com", "long");
        outbox.insert(3, "bob@fabrikam.com", "two\r\nBcc: evil@example.com");
        outbox.insert(4, "bob@fabrikam.com", "steering");
        outbox.execute("UPDATE mail_outbox SET headers = 'Bcc: evil@example.com' WHERE id = 4");
        outbox.insert(5, "bob@fabrikam.com", "priority");
        outbox.execute("UPDATE mail_outbox SET priority = 12 WHERE id = 5");
        outbox.insert(6, "bob@fabrikam.com", "heavy");
        outbox.execute("INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (6, 'a', ?)", (Object)
                new byte[40 << 20]);
        outbox.insert(7, "bob@fabrikam.com", "good");
        run();
        outbox.awaitStatus(7, "SENT");
        assertThat(outbox.values("SELECT status FROM mail_outbox WHERE id < 7")).containsOnly("DEAD");
        assertThat(outbox.detail(1)).contains("no recipient");
        assertThat(outbox.detail(2)).contains("recipients: xxx", "longer than 64");
        assertThat(outbox.detail(3)).contains("subject", "control character");
        assertThat(outbox.detail(4)).contains("Bcc", "cannot be set");
        assertThat(outbox.detail(5)).contains("priority must be 0 to 9");
        assertThat(outbox.detail(6)).contains("m365.source.orders.max-message-size");
        assertThat(sink.taken()).hasSize(1);
    }

    @Test
    void whatIsCancelledOrNotDueIsNotSent() throws Exception {
        outbox.insert(1, "bob@fabrikam.com", "cancelled");
        outbox.execute("UPDATE mail_outbox SET status = 'CANCELLED' WHERE id = 1 AND status = 'NEW'");
        outbox.insert(2, "bob@fabrikam.com", "later");
        outbox.execute("UPDATE mail_outbox SET send_at = CURRENT_TIMESTAMP + INTERVAL '1' HOUR WHERE id = 2");
        outbox.insert(3, "bob@fabrikam.com", "now");
        run();
        outbox.awaitStatus(3, "SENT");
        assertThat(outbox.status(2)).isEqualTo("NEW");
        outbox.execute("UPDATE mail_outbox SET send_at = CURRENT_TIMESTAMP WHERE id = 2");
        outbox.awaitStatus(2, "SENT");
        assertThat(outbox.status(1)).isEqualTo("CANCELLED");
        assertThat(sink.taken().stream().map(m -> m.field("Subject"))).containsExactly("now", "later");
    }

    @Test
    void aRowThatSomebodyHasLockedIsLeftAloneAndCanBeCancelled() throws Exception {
        outbox.insert(1, "bob@fabrikam.com", "locked");
        outbox.insert(2, "bob@fabrikam.com", "free");
        try (Connection application = outbox.connect();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.executeUpdate("UPDATE mail_outbox SET status = 'CANCELLED' WHERE id = 1 AND status = 'NEW'");
            run();
            outbox.awaitStatus(2, "SENT");
            application.commit();
        }
        outbox.insert(3, "bob@fabrikam.com", "last");
        outbox.awaitStatus(3, "SENT");
        assertThat(sink.taken().stream().map(m -> m.field("Subject"))).containsExactly("free", "last");
    }

    /** Every other row is cancelled just as it is being taken: whoever was told yes is not sent, everybody else is. */
    @Test
    void aRowIsCancelledOrSentButNeverBoth() throws Exception {
        for (int i = 1; i <= RACING; i++) {
            outbox.insert(i, "bob@fabrikam.com", String.valueOf(i));
        }
        run();
        List<String> cancelled = new ArrayList<>();
        try (Connection application = outbox.connect();
                Statement look = application.createStatement();
                PreparedStatement cancel = application.prepareStatement(
                        "UPDATE mail_outbox SET status = 'CANCELLED' WHERE id = ? AND status = 'NEW'")) {
            for (int next = firstNew(look); next > 0; next = firstNew(look)) {
                cancel.setInt(1, next);
                if (next % 2 == 0 && cancel.executeUpdate() == 1) {
                    cancelled.add(String.valueOf(next));
                }
            }
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> outbox.value("SELECT COUNT(*) FROM mail_outbox WHERE status = 'SENT'"),
                        String.valueOf(RACING - cancelled.size())::equals);
        assertThat(outbox.values("SELECT subject FROM mail_outbox WHERE status = 'CANCELLED'"))
                .containsExactlyInAnyOrderElementsOf(cancelled);
        List<String> sent = sink.taken().stream().map(m -> m.field("Subject")).toList();
        assertThat(sent)
                .hasSize(RACING - cancelled.size())
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(cancelled);
        System.out.println("cancelled " + cancelled.size() + ", sent " + sent.size());
    }

    private static int firstNew(Statement look) throws SQLException {
        try (ResultSet row = look.executeQuery("SELECT MIN(id) FROM mail_outbox WHERE status = 'NEW'")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /**
     * A crash between the broker's commit and the row's: the row is there as it was when it was claimed. However long the
     * bundle is away, it is not sent again.
     */
    @Test
    void aRowWhoseAcceptanceWasNotMarkedIsNotSentTwice() throws Exception {
        String window = "m365.idempotence-window=1ms\n";
        run(window);
        outbox.insert(1, "bob@fabrikam.com", "once");
        outbox.awaitStatus(1, "SENT");
        outbox.execute("UPDATE mail_outbox SET status = 'NEW', detail = ? WHERE id = 1", owner());
        outbox.awaitStatus(1, "SENT");
        bundle.close();
        outbox.execute("UPDATE mail_outbox SET status = 'NEW', detail = ? WHERE id = 1", owner());
        run(window);
        outbox.awaitStatus(1, "SENT");
        outbox.insert(2, "bob@fabrikam.com", "next");
        outbox.awaitStatus(2, "SENT");
        assertThat(sink.taken().stream().map(m -> m.field("Subject"))).containsExactly("once", "next");
    }

    private String owner() throws Exception {
        return "being submitted by " + java.nio.file.Files.readString(folder.resolve("data/broker/name"));
    }

    @Test
    void aRowThatAnotherBrokerHasTakenIsNotOurs() throws Exception {
        outbox.insert(1, "bob@fabrikam.com", "theirs");
        outbox.execute(
                "UPDATE mail_outbox SET submission_id = 'theirs', detail = 'being submitted by abcdef' WHERE id = 1");
        outbox.insert(2, "bob@fabrikam.com", "ours");
        run();
        outbox.awaitStatus(2, "SENT");
        assertThat(outbox.status(1)).isEqualTo("NEW");
        outbox.execute("UPDATE mail_outbox SET submission_id = NULL, detail = NULL WHERE id = 1");
        outbox.awaitStatus(1, "SENT");
    }

    @Test
    void twoInstancesShareATable() throws Exception {
        for (int i = 1; i <= 100; i++) {
            outbox.insert(i, "bob@fabrikam.com", "row " + i);
        }
        run();
        try (RunningBundle other =
                RunningBundle.start(folder.resolve("other"), outbox.source("orders") + sink.transport())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> outbox.value("SELECT COUNT(*) FROM mail_outbox WHERE status = 'SENT'"), "100"::equals);
        }
        List<String> subjects =
                sink.taken().stream().map(m -> m.field("Subject")).collect(Collectors.toList());
        assertThat(subjects).hasSize(100).doesNotHaveDuplicates();
    }
}
