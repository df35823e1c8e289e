package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, stop, what is kept, and the log. */
class SandboxTest {
    @TempDir
    Path folder;

    @Test
    void theDescriptionIsEnoughToSendAMessage() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxFixture.folder(), 0, 0)) {
            var properties = new Properties();
            properties.load(new StringReader(sandbox.describe()));
            String key = "m365.transport.sandbox-erp.";
            assertThat(properties.getProperty(key + "type")).isEqualTo("smtp-auth");
            assertThat(properties.getProperty(key + "host")).isEqualTo("localhost");
            assertThat(properties.getProperty(key + "port")).isEqualTo(String.valueOf(sandbox.submissionPort()));
            assertThat(Path.of(properties.getProperty(key + "trust-store")))
                    .isAbsolute()
                    .isRegularFile();
            assertThat(properties.getProperty(key + "authority")).isEqualTo(sandbox.authority());
            var response = SandboxFixture.requestToken(
                    sandbox,
                    properties.getProperty(key + "tenant-id"),
                    Map.of(
                            "grant_type",
                            "client_credentials",
                            "client_id",
                            properties.getProperty(key + "client-id"),
                            "client_secret",
                            properties.getProperty(key + "client-secret"),
                            "scope",
                            "https://outlook.office365.com/.default"));
            String token = SandboxFixture.json(response).path("access_token").asText();
            try (var client = SmtpTestClient.tls(sandbox)) {
                assertThat(client.authToken(properties.getProperty(key + "mailbox"), token))
                        .startsWith("235");
                assertThat(client.send("invoices@contoso.com", "a@fabrikam.com"))
                        .startsWith("250");
            }
        }
    }

    @Test
    void theDescriptionHidesWhatIsNotTheDemoTenants() throws Exception {
        try (Sandbox sandbox = SandboxFixture.start(new SandboxClock())) {
            sandbox.mailbox("Log.In@contoso.com", "my password");
            assertThat(sandbox.describe())
                    .doesNotContain(SandboxFixture.SECRET)
                    .doesNotContain("my password")
                    .contains("m365.transport.sandbox-alerts.client-secret={{env:SANDBOX_CLIENT_SECRET}}\n")
                    .contains("m365.transport.sandbox-log-in.auth=login\n")
                    .contains("m365.transport.sandbox-log-in.password={{env:SANDBOX_PASSWORD}}\n");
        }
    }

    @Test
    void sandboxesThatStartAtOnceOnOneFolderShareACertificate() throws Exception {
        List<CompletableFuture<Sandbox>> starting = Stream.generate(() -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return Sandbox.builder(folder).build();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }))
                .limit(2)
                .toList();
        for (CompletableFuture<Sandbox> s : starting) {
            try (Sandbox sandbox = SandboxFixture.withMailbox(s.get()).start();
                    var client = SandboxFixture.logIn(sandbox)) {
                assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .contains("certificate")
                    .noneMatch(n -> n.startsWith("certificate-"));
        }
    }

    @Test
    void aBrokenCertificateFolderIsNamedInTheError() throws Exception {
        Path place = Files.createDirectories(folder.resolve("certificate"));
        Files.writeString(place.resolve("key-store.p12"), "not a key store");
        assertThatThrownBy(() -> Sandbox.builder(folder).build())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(place.toString())
                .hasMessageContaining("delete the folder");
    }

    @Test
    void aTakenPortIsSaidAndNothingStaysOpen() throws Exception {
        int tokenPort;
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"));
                var free = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            tokenPort = free.getLocalPort();
            free.close();
            Sandbox sandbox = SandboxFixture.builder(new SandboxClock())
                    .ports(taken.getLocalPort(), tokenPort)
                    .build();
            assertThatThrownBy(sandbox::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("submission endpoint cannot listen");
        }
        new ServerSocket(tokenPort, 1, java.net.InetAddress.getByName("127.0.0.1")).close();
    }

    @Test
    void closingEndsEveryThread() throws Exception {
        Sandbox sandbox = SandboxFixture.withMailbox(
                        Sandbox.builder(SandboxFixture.folder()).build())
                .start();
        try (var client = SandboxFixture.logIn(sandbox)) {
            client.send(ALERTS, "a@fabrikam.com");
            SandboxFixture.token(sandbox);
            sandbox.close();
            assertThat(client.read()).matches("421 .*|.*lost.*");
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(n -> n.startsWith("sandbox-") || n.startsWith("smtp-sandbox")));
        sandbox.close();
    }

    /** Saves keytool's seconds where the folder must be the test's own but the certificate need not. */
    private SandboxBuilder inOwnFolder() throws IOException {
        Path made = SandboxFixture.folder();
        ServerCertificate.in(made);
        Path own = Files.createDirectories(folder.resolve("certificate"));
        for (String file : List.of("key-store.p12", "trust-store.p12")) {
            Files.copy(
                    made.resolve("certificate").resolve(file), own.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return Sandbox.builder(folder);
    }

    @Test
    void keepsBytesInMemoryThenInFilesThenNotAtAll() throws Exception {
        try (Sandbox sandbox = SandboxFixture.withMailbox(
                                inOwnFolder().keepBodies(60, true).build())
                        .start();
                var client = SandboxFixture.logIn(sandbox)) {
            client.send(ALERTS, "a@fabrikam.com");
            client.send(ALERTS, "b@fabrikam.com");
            List<ReceivedMessage> got = sandbox.log().awaitReceived(2, Duration.ofSeconds(5));
            assertThat(got.get(0).content().orElseThrow().toBytes())
                    .isEqualTo(got.get(1).content().orElseThrow().toBytes());
            assertThat(files()).hasSize(1);
        }
        assertThat(files()).isEmpty();
        try (Sandbox sandbox = SandboxFixture.withMailbox(
                                inOwnFolder().keepBodies(0, false).build())
                        .start();
                var client = SandboxFixture.logIn(sandbox)) {
            client.send(ALERTS, "a@fabrikam.com");
            assertThat(sandbox.log().received()).singleElement().satisfies(m -> {
                assertThat(m.content()).isEmpty();
                assertThat(m.sha256()).hasSize(64);
            });
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("messages"))) {
            return files.toList();
        }
    }

    @Test
    void theLogForgetsTheOldestButCountsAll() throws Exception {
        try (Sandbox sandbox = SandboxFixture.withMailbox(
                                inOwnFolder().keepEntries(2).build())
                        .start();
                var client = SandboxFixture.logIn(sandbox)) {
            for (String recipient : List.of("1@fabrikam.com", "2@fabrikam.com", "3@fabrikam.com")) {
                client.send(ALERTS, recipient);
            }
            assertThat(sandbox.log().receivedCount()).isEqualTo(3);
            assertThat(sandbox.log().received())
                    .extracting(m -> m.recipients().get(0))
                    .containsExactly("2@fabrikam.com", "3@fabrikam.com");
        }
    }

    @Test
    void aHeldReplyDoesNotHoldUpTheClose() throws Exception {
        Sandbox sandbox = SandboxFixture.start(new SandboxClock());
        try (var client = SandboxFixture.logIn(sandbox)) {
            client.command("MAIL FROM:<" + ALERTS + ">");
            client.command("RCPT TO:<slow-600s@fabrikam.com>");
            client.command("DATA");
            client.say("From: " + ALERTS + "\r\n\r\nx\r\n.");
            sandbox.log().awaitReceived(1, Duration.ofSeconds(10));
            long start = System.nanoTime();
            sandbox.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void theLogKnowsConnections() throws Exception {
        try (Sandbox sandbox = SandboxFixture.start(new SandboxClock())) {
            try (var one = SandboxFixture.logIn(sandbox);
                    var two = SmtpTestClient.plain(sandbox)) {
                one.send(ALERTS, "a@fabrikam.com");
                two.command("NOOP");
                assertThat(sandbox.log().maxConnections()).isEqualTo(2);
                assertThat(sandbox.log().maxConnections(ALERTS)).isEqualTo(1);
                assertThat(sandbox.log().connections()).first().satisfies(c -> {
                    assertThat(c.mailbox()).isEqualTo(ALERTS);
                    assertThat(c.tls()).isEqualTo("TLSv1.3");
                    assertThat(c.messages()).isEqualTo(1);
                    assertThat(c.closed()).isNull();
                });
            }
            Awaitility.await().until(() -> sandbox.log().openConnections() == 0);
            assertThat(sandbox.log().connections())
                    .extracting(SandboxEvents.Connection::closed)
                    .doesNotContainNull();
            assertThat(sandbox.log().connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void waitingForMessagesThatDoNotComeSaysHowManyDid() throws Exception {
        try (Sandbox sandbox = SandboxFixture.start(new SandboxClock());
                var client = SandboxFixture.logIn(sandbox)) {
            client.send(ALERTS, "a@fabrikam.com");
            client.send(ALERTS, "unknown@fabrikam.com");
            assertThatThrownBy(() -> sandbox.log().awaitReceived(2, Duration.ofMillis(50)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("took 1 messages of 2")
                    .hasMessageContaining("550 5.4.1");
        }
    }
}
