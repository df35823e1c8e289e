package io.m365mail.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.BundleConfig;
import io.m365mail.testing.SharedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same with a real PostgreSQL, which several instances open. */
class PostgresStoreTest extends StoreTest {
    private static SharedStore postgres;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = new SharedStore();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void empty() throws Exception {
        postgres.empty();
    }

    @Override
    BundleConfig.Store database() {
        return postgres.config();
    }

    @Test
    void instancesThatStartTogetherMakeTheTablesOnce() throws Exception {
        List<CompletableFuture<Store>> starting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> Store.open(database(), data)));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> starting.stream().allMatch(CompletableFuture::isDone));
        for (CompletableFuture<Store> opened : starting) {
            try (Store store = opened.get()) {
                assertThat(store.exclusive()).isFalse();
            }
        }
    }
}
