package io.m365mail.source.database;

import io.m365mail.testing.OutboxFixture;
import java.util.UUID;

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
}
