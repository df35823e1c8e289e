package io.m365mail.bench;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpServer;
import io.m365mail.smtp.server.SmtpServerOptions;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import io.m365mail.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** A server that takes everything at once and counts messages and connections. */
final class CountingSink implements AutoCloseable {
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final SmtpServer server;

    /** @param certificate a key store: STARTTLS is required then and the client's certificate asked for; or null */
    CountingSink(Path folder, Path certificate) throws IOException {
        SmtpServerOptions plain = SmtpServerOptions.plain("sink", "127.0.0.1", 0, "sink.test", folder);
        server = new SmtpServer(certificate == null ? plain : tls(plain, certificate), peer -> {
            connections.incrementAndGet();
            return new TakeAll(messages);
        });
        server.start();
    }

    private static SmtpServerOptions tls(SmtpServerOptions o, Path certificate) {
        return new SmtpServerOptions(
                o.name(),
                o.address(),
                o.port(),
                o.hostname(),
                Tls.REQUIRE,
                TestCertificates.context(certificate, certificate),
                o.tlsProtocols(),
                true,
                o.authMechanisms(),
                o.maxMessageSize(),
                o.maxRecipients(),
                o.maxConnections(),
                o.idleTimeout(),
                o.spoolDirectory(),
                o.proxyProtocol(),
                o.offered());
    }

    int port() {
        return server.port();
    }

    long messages() {
        return messages.get();
    }

    long connections() {
        return connections.get();
    }

    @Override
    public void close() {
        server.close();
    }

    private record TakeAll(AtomicLong count) implements SmtpConversation {
        private static CompletionStage<Reply> say(int code, String text) {
            return CompletableFuture.completedFuture(Reply.of(code, text));
        }

        @Override
        public CompletionStage<Reply> greet() {
            return say(220, "sink.test ESMTP");
        }

        @Override
        public CompletionStage<Reply> hello(String name) {
            return say(250, "sink.test");
        }

        @Override
        public CompletionStage<Reply> auth(SmtpCredentials credentials) {
            return say(503, "5.5.1 no");
        }

        @Override
        public CompletionStage<Reply> mail(MailCommand command) {
            return say(250, "2.1.0 Ok");
        }

        @Override
        public CompletionStage<Reply> rcpt(Recipient recipient) {
            return say(250, "2.1.5 Ok");
        }

        @Override
        public CompletionStage<Reply> data() {
            return say(354, "go");
        }

        @Override
        public CompletionStage<Reply> message(MailContent content) {
            count.incrementAndGet();
            return say(250, "2.0.0 Ok");
        }

        @Override
        public void reset() {
            // Nothing is remembered.
        }

        @Override
        public void closed() {
            // Nothing to release.
        }
    }
}
