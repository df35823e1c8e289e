package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.MailSink;
import io.m365mail.testing.OutboxFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An attachment of 25 MB goes through a whole bundle with little heap: neither the driver nor we hold it there. */
@Timeout(120)
class LargeAttachmentRowTest {
    private static final int SIZE = 25_000_000;

    @TempDir
    private Path folder;

    @Test
    void needsLittleHeap() throws Exception {
        byte[] content = new byte[SIZE];
        new Random(42).nextBytes(content);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                MailSink sink = new MailSink()) {
            var outbox = new OutboxFixture(
                    postgres.getJdbcUrl("postgres", "postgres").replaceAll("\\?.*", ""), "postgres");
            outbox.createTables("postgresql");
            outbox.execute("ALTER TABLE mail_outbox_attachment DROP COLUMN id");
            outbox.insert(1, "bob@fabrikam.com", "large");
            outbox.execute("UPDATE mail_outbox SET status = 'WAIT'");
            outbox.execute(
                    "INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (1, 'a.bin', ?)",
                    (Object) content);
            outbox.execute(
                    "INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (1, 'a.bin', ?)",
                    (Object) "small".getBytes());
            outbox.execute("UPDATE mail_outbox SET status = 'NEW'");
            try (OutboxProcess bundle =
                    OutboxProcess.start(folder, outbox.source("orders") + sink.transport(), "-Xmx64m")) {
                outbox.awaitStatus(1, "SENT");
            }
            MailSink.Mail mail = sink.taken().get(0);
            assertThat(mail.size()).isBetween(SIZE / 3L * 4, SIZE / 3L * 4 + 1_200_000);
            var mime =
                    new MimeMessage(null, new ByteArrayInputStream(mail.text().getBytes(StandardCharsets.UTF_8)));
            var parts = (MimeMultipart) mime.getContent();
            assertThat(parts.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(content);
            assertThat(parts.getBodyPart(2).getInputStream().readAllBytes()).isEqualTo("small".getBytes());
            assertThat(Files.readString(folder.resolve("log"))).doesNotContain("OutOfMemory");
        }
    }

    /** The row says so, with the key of the limit; nothing of it comes into the heap, and the next row goes. */
    @Test
    void oneThatIsFarTooLargeIsRefusedWithLittleHeap() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                MailSink sink = new MailSink()) {
            var outbox = new OutboxFixture(
                    postgres.getJdbcUrl("postgres", "postgres").replaceAll("\\?.*", ""), "postgres");
            outbox.createTables("postgresql");
            outbox.insert(1, "bob@fabrikam.com", "huge");
            outbox.execute("INSERT INTO mail_outbox_attachment (outbox_id, name, content)"
                    + " VALUES (1, 'a.bin', convert_to(repeat('x', 200000000), 'UTF8'))");
            outbox.insert(2, "bob@fabrikam.com", "next");
            try (OutboxProcess bundle =
                    OutboxProcess.start(folder, outbox.source("orders") + sink.transport(), "-Xmx256m")) {
                outbox.awaitStatus(2, "SENT");
            }
            assertThat(outbox.status(1)).isEqualTo("DEAD");
            assertThat(outbox.detail(1))
                    .startsWith("552 5.3.4 the attachments have 200000000 bytes, more than 36700160")
                    .contains("m365.source.orders.max-message-size");
            assertThat(sink.taken()).hasSize(1);
            assertThat(Files.readString(folder.resolve("log"))).doesNotContain("OutOfMemory");
        }
    }
}
