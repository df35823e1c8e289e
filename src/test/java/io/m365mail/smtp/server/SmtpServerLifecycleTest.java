package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Reply;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starting and stopping, also with transactions under way. */
class SmtpServerLifecycleTest {
    @RegisterExtension
    private final ServerListener listener = new ServerListener();

    @Test
    void stopLetsATransactionFinishAndSendsTheIdleAway() throws Exception {
        listener.start(listener.options(10, Duration.ofMinutes(1), 1000), listener.handler);
        int port = listener.server.port();
        try (var idle = new RawSmtpClient(port);
                var working = listener.dataPhase()) {
            ServerListener.hello(idle);
            var stopped = CompletableFuture.runAsync(listener.server::stop);
            assertThat(idle.reply()).startsWith("421 4.3.2 mx.test shutting down");
            assertThat(idle.line()).isNull();
            // The JDK closes the socket with the loop's next select.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> new RawSmtpClient(port).close()).isInstanceOf(IOException.class));
            assertThat(working.command("x\r\n.")).startsWith("250 2.6.0");
            assertThat(working.reply()).startsWith("421 4.3.2");
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void stopDoesNotWaitForEver() throws Exception {
        var hanging = new CompletableFuture<Reply>();
        listener.start(
                listener.options(10, Duration.ofMinutes(1), 5_000_000),
                peer -> new Hanging(listener.handler.connected(peer), hanging),
                listener.limits().withStopGrace(Duration.ofMillis(200)));
        try (var client = listener.dataPhase();
                var half = listener.dataPhase()) {
            client.send(new byte[2_000_000]);
            client.send("\r\n.\r\n");
            await().until(() -> hanging.getNumberOfDependents() > 0);
            listener.server.stop();
            assertThat(half.reply()).startsWith("421 4.3.2");
            assertThat(client.reply()).isNull();
            assertThat(listener.spoolFiles())
                    .as("the content stays while the stage is open")
                    .isEqualTo(1);
        }
        hanging.complete(Reply.of(250, "2.6.0 late"));
        assertThat(listener.spoolFiles()).isZero();
    }

    @Test
    void startsAndStopsAgainAndSeveralAtOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            listener.start(listener.options(10, Duration.ofMinutes(1), 1000), listener.handler);
            try (var second = new SmtpServer(listener.options(10, Duration.ofMinutes(1), 1000), listener.handler);
                    var client = new RawSmtpClient(listener.server.port())) {
                second.start();
                assertThat(second.port()).isNotEqualTo(listener.server.port());
                assertThat(client.reply()).startsWith("220");
                client.close();
            }
            listener.server.stop();
            listener.server.start();
            listener.server.stop();
            listener.server.stop();
        }
    }

    @Test
    void aTakenPortIsSaidAndNothingIsLeft() throws Exception {
        listener.start(listener.options(10, Duration.ofMinutes(1), 1000), listener.handler);
        var plain = SmtpServerOptions.plain("leak2", "127.0.0.1", listener.server.port(), "mx.test", listener.temp);
        assertThatThrownBy(() -> new SmtpServer(plain, listener.handler).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leak2 cannot bind 127.0.0.1:" + listener.server.port());
        await().until(() -> ServerListener.threads("leak2").isEmpty());
    }

    /** Answers the message only when the test says so. */
    private record Hanging(SmtpConversation inner, CompletionStage<Reply> answer) implements SmtpConversation {
        @Override
        public CompletionStage<Reply> greet() {
            return inner.greet();
        }

        @Override
        public CompletionStage<Reply> hello(String name) {
            return inner.hello(name);
        }

        @Override
        public CompletionStage<Reply> auth(SmtpCredentials credentials) {
            return inner.auth(credentials);
        }

        @Override
        public CompletionStage<Reply> mail(MailCommand command) {
            return inner.mail(command);
        }

        @Override
        public CompletionStage<Reply> rcpt(io.m365mail.mail.Recipient recipient) {
            return inner.rcpt(recipient);
        }

        @Override
        public CompletionStage<Reply> data() {
            return inner.data();
        }

        @Override
        public CompletionStage<Reply> message(MailContent content) {
            return answer;
        }

        @Override
        public void reset() {
            inner.reset();
        }

        @Override
        public void closed() {
            inner.closed();
        }
    }
}
