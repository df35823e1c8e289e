package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One message on its way over a pooled connection: what is reserved for it, what a peer or a content may do to it. */
@Timeout(60)
class SmtpTransportTest {
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
    void manyRecipientsAreNamedInBlocks() throws Exception {
        List<String> many = IntStream.range(0, 3000)
                .mapToObj(i -> "recipient-with-a-rather-long-name-" + i + "@y.example")
                .toList();
        try (var transport = transport(PoolLimits.of(1))) {
            Outcome outcome = transport.send(Envelope.of("a@x.example", many), CONTENT, SendHook.NONE);
            assertThat(outcome.results()).hasSize(3000);
            assertThat(outcome.delivered()).isTrue();
            assertThat(server.recipients).hasValue(3000);
        }
    }

    /** The peer accepts and reads nothing: a write would hang for ever without somebody who looks. */
    @Test
    void aPeerThatDoesNotReadIsCutOff() throws Exception {
        var script = List.of(
                "reply 220 x",
                "expect EHLO",
                "reply 250 x",
                "expect MAIL",
                "reply 250 x",
                "expect RCPT",
                "reply 250 x",
                "expect DATA",
                "reply 354 go",
                "sleep");
        MailContent endless = endless();
        try (var deaf = new ScriptedServer(List.of(script));
                var transport = transport(PoolLimits.of(1), deaf.port())) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            Future<Outcome> sent = thread.submit(() -> transport.send(ENVELOPE, endless, SendHook.NONE));
            await().until(() -> deaf.commands.size() == 4);
            await().until(() -> {
                time.addAndGet(Duration.ofSeconds(1).toNanos());
                return sent.isDone();
            });
            Outcome.Result result = sent.get().results().get(0);
            assertThat(result.stage()).isEqualTo(Stage.DATA);
            assertThat(result.uncertain()).isFalse();
            thread.shutdownNow();
        }
    }

    /** 64 MB, more than any socket buffer. */
    private static MailContent endless() {
        byte[] line = ("x".repeat(78) + "\r\n").repeat(800).getBytes();
        return new MailContent() {
            @Override
            public long size() {
                return line.length * 1000L;
            }

            @Override
            public void writeTo(java.io.OutputStream out) throws IOException {
                for (int i = 0; i < 1000; i++) {
                    out.write(line);
                }
            }

            @Override
            public java.io.InputStream open() {
                return new java.io.ByteArrayInputStream(line);
            }
        };
    }

    @Test
    void aContentThatFailsInTheMiddleIsNotDelivered() throws Exception {
        var reads = new AtomicInteger();
        MailContent broken = new MailContent() {
            @Override
            public long size() {
                return 100;
            }

            @Override
            public void writeTo(java.io.OutputStream out) throws IOException {
                out.write("Subject: x\r\n\r\n".getBytes());
                if (reads.getAndIncrement() > 0) {
                    throw new IOException("the spool file is gone");
                }
            }

            @Override
            public java.io.InputStream open() {
                return new java.io.ByteArrayInputStream(new byte[0]);
            }
        };
        try (var transport = transport(PoolLimits.of(1))) {
            Outcome.Result result =
                    transport.send(ENVELOPE, broken, SendHook.NONE).results().get(0);
            assertThat(result.reply().toString()).startsWith("451 4.3.0").contains("spool file is gone");
            assertThat(result.uncertain()).isFalse();
            await().until(() -> server.now.get() == 0);
            assertThat(server.messages).hasValue(0);
            assertThat(send(transport).delivered()).isTrue();
        }
    }

    @Test
    void theReservationIsMadeOnceThoughTwoConnectionsWereNeeded() throws Exception {
        try (var transport = transport(PoolLimits.of(1))) {
            send(transport);
            server.dropAll();
            await().until(() -> server.now.get() == 0);
            var hook = new CountingHook();
            assertThat(transport.send(ENVELOPE, CONTENT, hook).delivered()).isTrue();
            assertThat(hook.reserved).isEqualTo(1);
            assertThat(hook.answered).isEqualTo(1);
        }
    }

    @Test
    void withoutRoomInTheLimitNothingIsSentAndTheConnectionStays() throws Exception {
        Instant until = Instant.parse("2026-11-22T12:00:00Z");
        var answered = new AtomicInteger();
        SendHook full = new SendHook() {
            @Override
            public Instant beforeMail(int recipients) {
                return until;
            }

            @Override
            public void answered() {
                answered.incrementAndGet();
            }
        };
        try (var transport = transport(PoolLimits.of(1))) {
            assertThatThrownBy(() -> transport.send(ENVELOPE, CONTENT, full))
                    .isInstanceOfSatisfying(
                            NotNow.class, e -> assertThat(e.until()).isEqualTo(until));
            assertThat(send(transport).delivered()).isTrue();
            assertThat(server.connections).hasValue(1);
            assertThat(answered).hasValue(0);
        }
    }
}
