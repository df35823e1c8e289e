package io.m365mail.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.store.Store;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of sending: every reservation that was granted is in the store afterwards. */
@Timeout(60)
class KillTest {
    @TempDir
    Path data;

    @Test
    void noReservationIsLost() throws Exception {
        int said = 0;
        for (int round = 1; round <= 3; round++) {
            Process sender = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledSender.class.getName(),
                            data.toString())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader out = sender.inputReader()) {
                int inThisRound = 0;
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    assertThat(line).as("output of the sender").startsWith("reserved ");
                    said++;
                    if (++inThisRound == 20 * round) {
                        // SIGKILL at some point of the next ones; what it still said before its end is read on.
                        sender.toHandle().destroyForcibly();
                    }
                }
            }
            assertThat(sender.waitFor(10, TimeUnit.SECONDS)).isTrue();
            try (Store store = Transports.store(data)) {
                assertThat(rows(store)).isGreaterThanOrEqualTo(said);
            }
        }
    }

    private static int rows(Store store) throws Exception {
        return store.transaction(c -> {
            try (ResultSet row = c.createStatement().executeQuery("SELECT COUNT(*) FROM m365_send")) {
                row.next();
                return row.getInt(1);
            }
        });
    }
}
