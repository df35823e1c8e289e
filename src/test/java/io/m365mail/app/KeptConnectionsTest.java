package io.m365mail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.sandbox.LegacyServer;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxEvents.Connection;
import io.m365mail.sandbox.SandboxLog;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import io.m365mail.testing.SmtpSubmitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One kept connection carries many messages, on each way without a rate; the other end counts. */
class KeptConnectionsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SESSIONS = 8;
    private static final int EACH = 25;
    private static final int ALL = SESSIONS * EACH;

    /** Below target, so that keytool runs once for all tests. */
    private static final Path SANDBOX = Path.of("target", "sandbox-kept");

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private LegacyServer own;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(SANDBOX).build();
        sandbox.start();
        sandbox.mx().certificateConnector("by-certificate", "relay.contoso.com");
        own = new LegacyServer(SANDBOX, 0, Tls.STARTTLS, null, null);
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        own.close();
        sandbox.close();
    }

    /** Starts a bundle with one transport; gives the log of the server it leads to. */
    private SandboxLog run(String type, String limits, String more) throws Exception {
        String text =
                """
                m365.dns.server=%s
                m365.route.1.transport=way
                m365.transport.way.type=%s
                m365.transport.way.tls=require
                m365.transport.way.trust-store=%s
                m365.transport.way.trust-store-password=%s
                """
                        .formatted(sandbox.dns().server(), type, sandbox.trustStore(), sandbox.trustStorePassword());
        text += type.equals("server")
                ? "m365.transport.way.host=localhost\nm365.transport.way.port=" + own.port() + "\n"
                : "m365.transport.way.port=" + sandbox.mxPort() + "\n";
        if (type.equals("relay")) {
            Path key = sandbox.clientCertificate(folder.resolve("relay.p12"), "relay.contoso.com");
            text += "m365.transport.way.key-store=" + key + "\nm365.transport.way.key-store-password=sandbox\n";
        }
        bundle = RunningBundle.start(folder, text + limits + more);
        return type.equals("server") ? own.log() : sandbox.log();
    }

    private void load() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(SESSIONS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                running.add(clients.submit(() -> {
                    try (var client = new SmtpSubmitter(bundle.smtpPort())) {
                        for (int n = 0; n < EACH; n++) {
                            client.send("app@contoso.com", "no. " + n, "bob@contoso.com");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay", "server", "direct-send"})
    void noMoreConnectionsThanConfiguredCarryAllMessages(String type) throws Exception {
        SandboxLog log = run(type, "m365.transport.way.connections=2\n", "");
        load();
        assertThat(log.awaitReceived(ALL, SOON)).hasSize(ALL);
        assertThat(log.maxConnections()).as("connections at once").isBetween(1, 2);
        // By default a connection carries 100 messages; the two share what there is.
        assertThat(log.connectionCount()).as("connections in all").isBetween(2L, 3L);
        assertThat(log.connections())
                .allSatisfy(c -> assertThat(c.messages()).isLessThanOrEqualTo(100))
                .anySatisfy(c -> assertThat(c.messages()).isGreaterThanOrEqualTo(50))
                .allSatisfy(c -> assertThat(c.tls()).startsWith("TLSv1."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay", "server", "direct-send"})
    void afterItsNumberOfMessagesAConnectionIsReplaced(String type) throws Exception {
        SandboxLog log =
                run(type, "m365.transport.way.connections=1\nm365.transport.way.messages-per-connection=20\n", "");
        load();
        log.awaitReceived(ALL, SOON);
        assertThat(log.connections())
                .extracting(Connection::messages)
                .containsOnly(20)
                .hasSize(ALL / 20);
        assertThat(log.maxConnections()).isEqualTo(1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.openConnections()).isZero());
    }

    @Test
    void anIdleConnectionIsClosedAfterTheTimeThatTheRouteSays() throws Exception {
        SandboxLog log = run("server", "m365.transport.way.connections=2\n", "m365.routes=" + routesWith("1s") + "\n");
        load();
        log.awaitReceived(ALL, SOON);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log.openConnections()).isZero());
        try (var client = new SmtpSubmitter(bundle.smtpPort())) {
            client.send("app@contoso.com", "one more", "bob@contoso.com");
        }
        assertThat(log.awaitReceived(ALL + 1, SOON)).hasSize(ALL + 1);
    }

    /** The shipped routes, edited as a user may. */
    private Path routesWith(String maxIdle) throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path file : shipped.toList()) {
                String yaml = Files.readString(file)
                        .replaceAll("( +)(config: \"#transport-.*)", "$1$2\n$1maxIdle: " + maxIdle);
                Files.writeString(routes.resolve(file.getFileName()), yaml);
            }
        }
        return routes;
    }
}
