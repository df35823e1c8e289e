package io.m365mail.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.event.MailEvent;
import io.m365mail.store.Store;
import io.m365mail.testing.SharedStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The register on PostgreSQL, which is more particular about texts than H2. */
class SentRegisterTest {
    @Test
    void whatASubmitterMadeUpIsNotedAndFoundAgain(@TempDir Path data) throws Exception {
        try (var postgres = new SharedStore();
                Store store = Store.open(postgres.config(), data)) {
            var register = new SentRegister(store, java.time.Clock.systemUTC());
            var to = new MailEvent.To("anna@fabrikam.com", "alerts", "250 2.0.0 OK", "2.0.0");
            var delivered = new MailEvent(
                    MailEvent.DELIVERED, "s1", "order\0 1", "erp", "alerts", "2026-11-22T10:00:00Z", null, List.of(to));
            register.remember(delivered, "<a\0b@erp.contoso.com>");
            register.remember(delivered, "<a\0b@erp.contoso.com>");
            var report = new DeliveryReport(List.of(), List.of("<ab@erp.contoso.com>"), List.of(), "nobody");
            assertThat(register.find(report)).singleElement().satisfies(sent -> {
                assertThat(sent.submissionId()).isEqualTo("s1");
                assertThat(sent.submitterId()).isEqualTo("order 1");
            });
        }
    }
}
