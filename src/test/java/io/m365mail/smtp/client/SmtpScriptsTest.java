package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.config.Secret;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays every dialogue of {@code src/test/resources/smtp-client}; see {@link Script} for what they say. */
class SmtpScriptsTest {
    static Stream<Script> scripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/smtp-client"))) {
            List<Path> all =
                    files.filter(f -> f.toString().endsWith(".script")).sorted().toList();
            return all.stream().map(SmtpScriptsTest::read);
        }
    }

    private static Script read(Path file) {
        try {
            return Script.read(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    @Timeout(30)
    void plays(Script script) throws Exception {
        try (var server = new ScriptedServer(script.sessions());
                var transport = transport(script, server.port())) {
            for (Script.Send send : script.sends()) {
                var hook = new CountingHook();
                Outcome outcome = transport.send(envelope(script, send), content(send), hook);
                assertThat(describe(outcome)).as("%s", script).hasSameSizeAs(send.results());
                for (int i = 0; i < send.results().size(); i++) {
                    String[] parts = send.results().get(i).split("…");
                    assertThat(describe(outcome).get(i))
                            .as("%s", script)
                            .startsWith(parts[0])
                            .contains(parts);
                }
                assertThat(hook.answered)
                        .as("each reservation is answered once")
                        .isEqualTo(hook.reserved);
                for (String expected : send.receives()) {
                    await().until(() -> !server.messages.isEmpty());
                    byte[] last = server.messages.get(server.messages.size() - 1);
                    assertThat(new String(last, StandardCharsets.UTF_8)).isEqualTo(expected);
                }
            }
            transport.close();
            assertThat(transport.stats().open()).as("sockets left open").isZero();
            assertThat(server.complaints).as("%s", script).isEmpty();
            assertThat(server.connections.get())
                    .as("connections")
                    .isEqualTo(script.sessions().size());
        }
    }

    private static List<String> describe(Outcome outcome) {
        return outcome.results().stream()
                .map(r -> r.recipient().address() + " " + r.stage() + (r.fromServer() ? " server " : " own ")
                        + (r.uncertain() ? "uncertain " : "certain ") + r.reply())
                .toList();
    }

    private static Envelope envelope(Script script, Script.Send send) {
        List<Recipient> to = send.to().stream().map(Recipient::of).toList();
        return new Envelope(send.from(), to, script.option("utf8", null) != null, false, null, null);
    }

    private static MailContent content(Script.Send send) {
        return MailContent.of(send.content().getBytes(StandardCharsets.UTF_8));
    }

    private static SmtpTransport transport(Script script, int port) {
        TlsMode tls = TlsMode.of(script.option("tls", "off"));
        SmtpClientOptions options = SmtpClientOptions.of(
                        script.option("host", "localhost"), port, "client.example", tls)
                .withTimeouts(SmtpTimeouts.of(
                        Duration.ofSeconds(10), Duration.ofMillis(Long.parseLong(script.option("timeout", "10000")))));
        if (tls != TlsMode.OFF) {
            options = options.withTrustStore(KeytoolStores.get().trustStore(), KeytoolStores.PASSWORD);
        }
        String[] auth = script.option("auth", "none").split(" ");
        Authenticator authenticator =
                auth[0].equals("login") ? new LoginAuthenticator(auth[1], Secret.of(auth[2])) : null;
        var limits = PoolLimits.of(2);
        return new SmtpTransport(new SmtpConnector(options, authenticator, System::nanoTime), limits, System::nanoTime);
    }
}
