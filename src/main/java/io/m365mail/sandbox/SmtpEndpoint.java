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

/** An SMTP listener that offers what Exchange Online's do; who answers on it makes it the submission host or the MX. */
final class SmtpEndpoint implements Endpoint {
    /** In the order in which Exchange Online lists them; the size is what it advertises, not the mailbox limit. */
    private static final List<String> EXTENSIONS = List.of(
            "SIZE", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8");

    private static final long ADVERTISED_SIZE = 157_286_400L;
    /** Above any mailbox limit, so that the limit's own refusal is given. */
    private static final int MAX_RECIPIENTS = 100_000;

    private static final int MAX_CONNECTIONS = 1000;
    private static final Duration STOP_GRACE = Duration.ofMillis(200);

    /**
     * What differs between listeners.
     *
     * @param address to bind
     * @param port 0 for a free one
     * @param certificate ask the client for one
     * @param mechanisms of AUTH
     */
    record Place(
            String name,
            String address,
            int port,
            SmtpServerOptions.Tls tls,
            boolean certificate,
            List<String> mechanisms) {}

    /** What is the same. */
    record Common(SSLContext tls, Path spool, Duration idleTimeout) {}

    private final Place place;
    private final Common common;
    private final SmtpHandler handler;
    private SmtpServer server;

    SmtpEndpoint(Place place, Common common, SmtpHandler handler) {
        this.place = place;
        this.common = common;
        this.handler = handler;
    }

    @Override
    public String name() {
        return place.name();
    }

    @Override
    public void start() throws IOException {
        // STARTTLS is only offered here, not required: what a client without it is told is the handler's.
        var options = new SmtpServerOptions(
                "sandbox-" + place.name(),
                place.address(),
                place.port(),
                ServerNames.FRONT_END,
                place.tls(),
                common.tls(),
                List.of("TLSv1.2", "TLSv1.3"),
                place.certificate(),
                place.mechanisms(),
                ADVERTISED_SIZE,
                MAX_RECIPIENTS,
                MAX_CONNECTIONS,
                common.idleTimeout(),
                common.spool(),
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
