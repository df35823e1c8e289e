package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connections of one transport, with a clock that is moved by hand. */
@Timeout(60)
class SmtpConnectionPoolTest {
    private static final Envelope ENVELOPE = Envelope.of("a@x.example", List.of("b@y.example"));
    private static final MailContent CONTENT = MailContent.of("Subject: x\r\n\r\nx\r\n".getBytes());

    private final AtomicLong time = new AtomicLong(System.nanoTime());
    private SinkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new SinkServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private SmtpTransport transport(PoolLimits limits) {
        return transport(limits, server.port());
    }

    private SmtpTransport transport(PoolLimits limits, int port) {
        var options = SmtpClientOptions.of("127.0.0.1", port, "client.example", TlsMode.OFF)
                .withTimeouts(SmtpTimeouts.of(Duration.ofSeconds(5), Duration.ofSeconds(5)));
        return new SmtpTransport(new SmtpConnector(options, null, time::get), limits, time::get);
    }

    private static Outcome send(SmtpTransport transport) throws Exception {
        return transport.send(ENVELOPE, CONTENT, SendHook.NONE);
    }

    @Test
    void thirtyThreadsNeverHaveMoreSocketsThanTheLimit() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(30);
        try (var transport = transport(new PoolLimits(3, 7, Duration.ofSeconds(30), Duration.ofMinutes(10)))) {
            List<Future<Outcome>> sends = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                sends.add(threads.submit(() -> send(transport)));
            }
            for (Future<Outcome> sent : sends) {
                assertThat(sent.get().delivered()).isTrue();
            }
            assertThat(server.messages).hasValue(600);
            assertThat(server.most.get()).isLessThanOrEqualTo(3);
            assertThat(server.connections.get()).isGreaterThanOrEqualTo(600 / 7);
            assertThat(transport.stats().messages()).isEqualTo(600);
            assertThat(transport.stats().connects()).isEqualTo(server.connections.get());
            assertThat(transport.stats().reuses()).isEqualTo(600 - server.connections.get());
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.quits.get()).as("every session ends with QUIT").isEqualTo(server.connections.get());
    }

    @Test
    void aLoneSenderUsesOneConnection() throws Exception {
        try (var transport = transport(PoolLimits.of(10))) {
            for (int i = 0; i < 50; i++) {
                assertThat(send(transport).delivered()).isTrue();
            }
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void idleAndOldConnectionsAreClosed() throws Exception {
        try (var transport = transport(new PoolLimits(1, 0, Duration.ofSeconds(30), Duration.ofSeconds(100)))) {
            send(transport);
            time.addAndGet(Duration.ofSeconds(29).toNanos());
            send(transport);
            assertThat(server.connections).as("29 s idle is fine").hasValue(1);
            time.addAndGet(Duration.ofSeconds(30).toNanos());
            await().untilAsserted(() -> assertThat(transport.stats().open()).isZero());
            assertThat(server.quits).hasValue(1);
            for (int i = 0; i < 5; i++) {
                send(transport);
                time.addAndGet(Duration.ofSeconds(25).toNanos());
            }
            assertThat(server.connections).as("older than 100 s").hasValue(3);
        }
    }

    @Test
    void aConnectionThatTheServerClosedIsFoundBeforeUse() throws Exception {
        try (var transport = transport(PoolLimits.of(1))) {
            send(transport);
            server.dropAll();
            time.addAndGet(Duration.ofSeconds(5).toNanos());
            assertThat(send(transport).delivered()).isTrue();
            assertThat(server.connections).hasValue(2);
        }
    }

    @Test
    void whoCannotConnectIsToldAndDoesNotStorm() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try (var transport = transport(PoolLimits.of(5), port)) {
            Outcome first = send(transport);
            assertThat(first.results().get(0).stage()).isEqualTo(Stage.CONNECT);
            assertThat(first.results().get(0).fromServer()).isFalse();
            assertThat(first.results().get(0).reply().toString()).startsWith("421 4.4.1 127.0.0.1:" + port);
            List<Future<Outcome>> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiting.add(threads.submit(() -> send(transport)));
            }
            time.addAndGet(Duration.ofSeconds(2).toNanos());
            for (Future<Outcome> one : waiting) {
                assertThat(one.get().results().get(0).stage()).isEqualTo(Stage.CONNECT);
            }
            assertThat(transport.stats().open()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closingEndsThreadsAndRefusesFurtherSends() throws Exception {
        var transport = transport(PoolLimits.of(2));
        send(transport);
        assertThat(housekeepers()).isEqualTo(1);
        transport.close();
        await().untilAsserted(() -> assertThat(housekeepers()).isZero());
        await().until(() -> server.now.get() == 0);
        Outcome refused = send(transport);
        assertThat(refused.results().get(0).reply().enhanced()).isEqualTo("4.3.2");
    }

    @Test
    void whoHasIdleConnectionsClosedDoesNotWaitForAServerThatIsSilentAtQuit() throws Exception {
        server.silentAtQuit = true;
        try (var transport = transport(PoolLimits.of(2))) {
            send(transport);
            transport.closeIdle(0);
            assertThat(transport.stats().open())
                    .as("open, so that nobody else takes its room")
                    .isEqualTo(1);
            await().until(() -> transport.stats().open() == 0);
            assertThat(server.quits).hasValue(1);
            assertThat(send(transport).delivered()).isTrue();
        }
    }

    private long housekeepers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("m365-smtp-pool-127.0.0.1:" + server.port()))
                .count();
    }
}
