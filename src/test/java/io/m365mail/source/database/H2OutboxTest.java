package io.m365mail.source.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.OutboxFixture;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** With H2, in memory. */
class H2OutboxTest extends OutboxContract {
    @Override
    OutboxFixture database() {
        return new OutboxFixture("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "");
    }

    @Override
    String script() {
        return "h2";
    }

    /** H2 keeps the strings of Java in a VARCHAR as they are, also what is no Unicode, and a NUL in any column. */
    @Test
    void aRowWithInvalidUnicodeOrNulIsDeadAndNamesTheColumn() throws Exception {
        String half = "x\ud83d";
        outbox.insert(1, "bob@fabrikam.com", half);
        outbox.insert(2, "bob@fabrikam.com", "attachment");
        outbox.execute(
                "INSERT INTO mail_outbox_attachment (outbox_id, name, content) VALUES (2, ?, ?)", half, new byte[1]);
        outbox.insert(3, "bob@fabrikam.com", "nul\0");
        outbox.insert(4, "bob\0@fabrikam.com", "recipient");
        outbox.insert(5, "bob@fabrikam.com", "text");
        outbox.execute("UPDATE mail_outbox SET text_body = ? WHERE id = 5", "a\0b");
        outbox.insert(6, "bob@fabrikam.com", "html");
        outbox.execute("UPDATE mail_outbox SET html_body = ? WHERE id = 6", "a\0b");
        outbox.insert(7, "bob@fabrikam.com", "good");
        run();
        outbox.awaitStatus(7, "SENT");
        assertThat(outbox.values("SELECT status FROM mail_outbox WHERE id < 7")).containsOnly("DEAD");
        assertThat(outbox.detail(1)).isEqualTo("550 5.6.0 subject is not valid Unicode");
        assertThat(outbox.detail(2)).isEqualTo("550 5.6.0 the attachment name is not valid Unicode");
        assertThat(outbox.detail(3)).isEqualTo("550 5.6.0 subject has a NUL character");
        assertThat(outbox.detail(4)).isEqualTo("550 5.6.0 recipients has a NUL character");
        assertThat(outbox.detail(5)).isEqualTo("550 5.6.0 text_body has a NUL character");
        assertThat(outbox.detail(6)).isEqualTo("550 5.6.0 html_body has a NUL character");
    }
}
