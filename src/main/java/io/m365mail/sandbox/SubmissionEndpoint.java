package io.m365mail.sandbox;

import io.m365mail.smtp.server.SmtpHandler;
import io.m365mail.smtp.server.SmtpServer;
import io.m365mail.smtp.server.SmtpServerLimits;
import io.m365mail.smtp.server.SmtpServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/** The listener that looks like {@code smtp.office365.com:587}: STARTTLS, then AUTH LOGIN or XOAUTH2. */
final class SubmissionEndpoint implements Endpoint {
    /** In the order in which Exchange Online lists them; the size is what it advertises, not the mailbox limit. */
    private static final List<String> EXTENSIONS = List.of(
            "SIZE", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8");

    private static final long ADVERTISED_SIZE = 157_286_400L;
    /** Above any mailbox limit, so that the limit's own refusal is given. */
    private static final int MAX_RECIPIENTS = 100_000;

    private static final int MAX_CONNECTIONS = 1000;
    private static final Duration STOP_GRACE = Duration.ofMillis(200);

    private final int wanted;
    private final SSLContext tls;
    private final Path spool;
    private final Duration idleTimeout;
    private final SmtpHandler handler;
    private SmtpServer server;

    SubmissionEndpoint(int port, SSLContext tls, Path spool, Duration idleTimeout, SmtpHandler handler) {
        this.wanted = port;
        this.tls = tls;
        this.spool = spool;
        this.idleTimeout = idleTimeout;
        this.handler = handler;
    }

    @Override
    public String name() {
        return "submission";
    }

    @Override
    public void start() throws IOException {
        // STARTTLS is only offered here, not required: what a client without it is told is the handler's.
        var options = new SmtpServerOptions(
                "sandbox-submission",
                "127.0.0.1",
                wanted,
                ServerNames.FRONT_END,
                SmtpServerOptions.Tls.STARTTLS,
                tls,
                List.of("TLSv1.2", "TLSv1.3"),
                false,
                List.of("LOGIN", "XOAUTH2"),
                ADVERTISED_SIZE,
                MAX_RECIPIENTS,
                MAX_CONNECTIONS,
                idleTimeout,
                spool,
                false,
                EXTENSIONS);
        // A reply that is held back for minutes must not hold up the close.
        server = new SmtpServer(options, handler, SmtpServerLimits.defaults().withStopGrace(STOP_GRACE));
        server.start();
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
