package io.m365mail.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.Secret;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    /** Embedded; another database where a subclass says so. */
    BundleConfig.Store database() {
        return new BundleConfig.Store("embedded", null, null);
    }

    @TempDir
    Path data;

    private static int count(Store store) throws SQLException {
        return store.transaction(c -> {
            try (var rows = c.createStatement().executeQuery("SELECT COUNT(*) FROM m365_gate_state")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    private static int insert(Store store, String transport) throws SQLException {
        return store.durably(c -> c.createStatement()
                .executeUpdate("INSERT INTO m365_gate_state VALUES ('" + transport + "', 'HELD', 'r', 1, NULL)"));
    }

    @Test
    void opensAgainAtOnceAndKeepsWhatWasWritten() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Store store = Store.open(database(), data)) {
                assertThat(count(store)).isEqualTo(i);
                insert(store, "t" + i);
            }
        }
    }

    @Test
    void aFailedTransactionLeavesNothing() throws Exception {
        try (Store store = Store.open(database(), data)) {
            assertThatThrownBy(() -> store.transaction(c -> {
                        c.createStatement()
                                .executeUpdate("INSERT INTO m365_gate_state VALUES ('a', 'HELD', 'r', 1, NULL)");
                        throw new IllegalStateException("boom");
                    }))
                    .hasMessage("boom");
            assertThat(count(store)).isZero();
        }
    }

    @Test
    void aNewerStoreIsLeftAlone() throws Exception {
        try (Store store = Store.open(database(), data)) {
            store.durably(c -> c.createStatement().executeUpdate("UPDATE m365_schema SET version = 99"));
        }
        assertThatThrownBy(() -> Store.open(database(), data))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer release");
    }

    @Test
    void refusesAnUnknownDatabaseWithoutShowingItsSecrets() {
        BundleConfig.Store config =
                new BundleConfig.Store("jdbc:oracle:thin:@db?password=hunter2", "u", Secret.of("hunter2"));
        assertThatThrownBy(() -> Store.open(config, data))
                .hasMessageContaining("m365.store.url")
                .hasMessageContaining("jdbc:postgresql:")
                .hasMessageNotContaining("hunter2");
    }
}
