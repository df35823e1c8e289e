package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.Cloud;
import io.m365mail.config.TransportConfig;
import io.m365mail.dns.Dns;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.client.SendHook;
import io.m365mail.transport.SessionOptions;
import io.m365mail.transport.Transports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first MX is down, the second takes connections and says nothing, the third is fine. */
class MxFailoverTest {
    private static final String MX = ".mail.protection.outlook.com";

    @Test
    void theThirdServerGetsTheMailAndTheOthersAreNotAskedAgainSoon() throws Exception {
        try (var slow = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.2"));
                Sandbox sandbox = Sandbox.builder(Path.of("target", "sandbox-ways-out"))
                        .mx("127.0.0.3", slow.getLocalPort())
                        .build()
                        .start()) {
            List<Socket> tried = new ArrayList<>();
            Thread silent = accepting(slow, tried);
            sandbox.dns().remove("contoso.com");
            for (int i = 1; i <= 3; i++) {
                sandbox.dns()
                        .mx("contoso.com", i * 10, "contoso-" + i + MX, 3600)
                        .a("contoso-" + i + MX, "127.0.0." + i, 3600);
            }
            var target = new TransportConfig.Target(null, slow.getLocalPort(), "opportunistic", null, null, null);
            var config = new TransportConfig.DirectSend(
                    "mx",
                    target,
                    new TransportConfig.Limits(0, 2, 0, 500, 3, 0),
                    Cloud.WORLDWIDE,
                    List.of("contoso.com"));
            var session = new SessionOptions(
                    "relay.contoso.com",
                    Duration.ofMillis(500),
                    null,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10),
                    false);
            var dns = new Dns(new InetSocketAddress("127.0.0.1", sandbox.dns().port()), Clock.systemUTC());
            MailContent content = MailContent.of("Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII));
            try (var transport = Transports.create(config, session, Clock.systemUTC(), dns)) {
                for (int i = 0; i < 10; i++) {
                    var envelope = Envelope.of("app@contoso.com", List.of("user" + i + "@contoso.com"));
                    Outcome outcome = transport.send(envelope, content, SendHook.NONE);
                    assertThat(outcome.delivered()).as(outcome.toString()).isTrue();
                    assertThat(outcome.server()).startsWith("contoso-3" + MX);
                }
                assertThat(transport.stats().connects())
                        .as("three messages a connection")
                        .isEqualTo(4);
            }
            assertThat(sandbox.log().received()).hasSize(10);
            assertThat(sandbox.log().duplicates()).isEmpty();
            assertThat(sandbox.log().connectionCount()).isEqualTo(4);
            synchronized (tried) {
                assertThat(tried)
                        .as("the slow server is tried once, and not again for five minutes")
                        .hasSize(1);
            }
            assertThat(sandbox.dns().questions())
                    .as("each question goes out once")
                    .containsExactly("MX contoso.com", "A contoso-1" + MX, "A contoso-2" + MX, "A contoso-3" + MX);
            slow.close();
            silent.join(5000);
            assertThat(silent.isAlive()).isFalse();
        }
    }

    private static Thread accepting(ServerSocket server, List<Socket> into) {
        var thread = new Thread(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    synchronized (into) {
                        into.add(socket);
                    }
                }
            } catch (java.io.IOException closed) {
                // The test is over.
            }
        });
        thread.start();
        return thread;
    }
}
