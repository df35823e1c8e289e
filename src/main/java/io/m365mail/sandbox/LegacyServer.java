package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import io.m365mail.smtp.server.SmtpServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The organisation's own mail server, beside Exchange Online: takes everything, from everybody or from who logs in. It
 * keeps a log of its own, and fails by address and script as the sandbox does. Close it to make it go down; another one
 * on the same port is it being back.
 */
public final class LegacyServer implements AutoCloseable {
    private static final int KEEP = 200_000;
    private static final long BODY_MEMORY = 64L << 20;

    private final ServerCertificate certificate;
    private final SandboxLog log = new SandboxLog(KEEP);
    private final Faults faults = new Faults();
    private final BodyStore bodies = new BodyStore(BODY_MEMORY, null);
    private final Workers workers;
    private final OpenHandler handler;
    private final SmtpEndpoint endpoint;

    /**
     * Listens on 127.0.0.1.
     *
     * @param folder for the certificate and what is spooled
     * @param port 0 for a free one
     * @param tls off, offered, required or from the first byte
     * @param user who has to log in, or null
     * @param password of that user
     */
    public LegacyServer(Path folder, int port, SmtpServerOptions.Tls tls, String user, String password)
            throws IOException {
        certificate = ServerCertificate.in(folder.toAbsolutePath().normalize());
        Clock clock = Clock.systemUTC();
        workers = new Workers("legacy", clock);
        handler = new OpenHandler(new OpenHandler.Services(
                new Policy(user, password),
                new Recorder(log, bodies, clock, "X-M365-Id"),
                faults,
                log,
                workers.delays(),
                clock,
                workers.executor()));
        List<String> mechanisms = user == null || tls == SmtpServerOptions.Tls.OFF ? List.of() : List.of("LOGIN");
        endpoint = new SmtpEndpoint(
                new SmtpEndpoint.Place("legacy", "127.0.0.1", port, tls, false, mechanisms),
                new SmtpEndpoint.Common(
                        tls == SmtpServerOptions.Tls.OFF ? null : certificate.sslContext(),
                        folder.resolve("spool"),
                        Duration.ofMinutes(5)),
                handler);
        endpoint.start();
    }

    public int port() {
        return endpoint.port();
    }

    public SandboxLog log() {
        return log;
    }

    public Script script() {
        return faults.script();
    }

    /** A PKCS #12 trust store with its certificate; the password is {@link #trustStorePassword()}. */
    public Path trustStore() {
        return certificate.trustStore();
    }

    public String trustStorePassword() {
        return ServerCertificate.PASSWORD;
    }

    /** Cuts every connection, without a word. */
    public void dropConnections() {
        handler.dropConnections();
    }

    @Override
    public void close() throws IOException {
        endpoint.close();
        workers.close();
        bodies.clear();
    }

    private record Policy(String user, String password) implements OpenPolicy {
        @Override
        public String who(SmtpPeer peer, String from) {
            return peer.user() == null ? "anybody" : peer.user();
        }

        @Override
        public Reply auth(SmtpCredentials credentials) {
            boolean right =
                    credentials.user().equals(user) && credentials.secret().equals(password);
            return right ? Replies.AUTH_OK : Replies.AUTH_FAILED;
        }

        @Override
        public Reply mail(SmtpPeer peer, String from, Instant now) {
            return user == null || peer.user() != null ? null : Replies.AUTH_FIRST;
        }

        @Override
        public Reply rcpt(SmtpPeer peer, String from, String to, List<String> before) {
            return null;
        }

        @Override
        public Reply message(List<String> recipients, long size, Instant now) {
            return null;
        }

        @Override
        public String toString() {
            return "open to " + (user == null ? "everybody" : user);
        }
    }
}
