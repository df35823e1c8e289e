package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigLoader;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** {@code sandbox}: what it prints is a configuration, and what it is sent is told. */
class SandboxCommandTest extends CommandTest {
    @Test
    void itPrintsAConfigurationAndTellsWhatItRefuses() throws Exception {
        var ended = new FutureTask<>(() ->
                run("sandbox", "--port", "0", "--folder", dir.resolve("sandbox").toString()));
        var thread = new Thread(ended, "sandbox");
        thread.start();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> out.toString().contains("# Ready") || ended.isDone());
            // The transports by MX are in comments, since they would take part in the choice.
            configure(out.toString().replace("#m365.", "m365."));
            BundleConfig bound = new ConfigLoader().load(config);
            assertThat(bound.transports()).extracting("name").contains("sandbox-alerts", "sandbox-relay");
            int port = Integer.parseInt(out.toString().replaceFirst("(?s).*sandbox-alerts\\.port=(\\d+).*", "$1"));
            try (var client = new RawSmtpClient(port)) {
                assertThat(client.reply()).startsWith("220");
                client.command("EHLO printer7");
                assertThat(client.command("MAIL FROM:<alerts@contoso.com>")).startsWith("451 5.7.3");
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(out.toString()).contains("refused at MAIL", "451 5.7.3"));
        } finally {
            thread.interrupt();
        }
        assertThat(ended.get()).isZero();
    }

    @Test
    void aPortThatIsTakenIsSaid() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int taken = Math.min(other.getLocalPort(), 65_531);
            assertThat(run(
                            "sandbox",
                            "--port",
                            "" + taken,
                            "--folder",
                            dir.resolve("s").toString()))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("m365-mail: the sandbox did not start", "--port");
            assertThat(run("sandbox", "--port", "65535")).isEqualTo(2);
        }
    }
}
