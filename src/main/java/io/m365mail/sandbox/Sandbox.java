package io.m365mail.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * An Exchange Online stand-in on 127.0.0.1: a submission endpoint that answers as {@code smtp.office365.com:587} does
 * and the token endpoint that goes with it. It keeps Exchange Online's limits by its own clock, records what it took,
 * and fails when it is asked to: by a recipient's address ({@link AddressFault}, {@code docs/sandbox.md}), by chance
 * ({@link RandomFaults}) or by a {@link Script}.
 *
 * <p>Any number of sandboxes run beside each other. {@link #start()} may be called once; {@link #close} frees ports,
 * threads and files. Mailboxes, apps, limits and faults may be changed at any time.
 */
public final class Sandbox implements AutoCloseable {
    private final ServerCertificate certificate;
    private final Tenant tenant;
    private final AccessTokens tokens;
    private final Faults faults = new Faults();
    private final TokenFaults tokenFaults = new TokenFaults();
    private final SubmissionIntake.Settings settings = new SubmissionIntake.Settings();
    private final SandboxLog log;
    private final BodyStore bodies;
    private final ScheduledExecutorService timer;
    private final ExecutorService workers;
    private final Delays delays;
    private final SubmissionHandler submissionHandler;
    private final SubmissionEndpoint submission;
    private final TokenEndpoint token;

    Sandbox(SandboxBuilder b) throws IOException {
        certificate = ServerCertificate.in(b.folder);
        tenant = new Tenant(b.tenantId, b.domains);
        tokens = new AccessTokens(b.clock);
        settings.limits = b.limits;
        log = new SandboxLog(b.keepEntries);
        bodies = new BodyStore(b.bodyMemory, b.bodiesOnDisk ? b.folder.resolve("messages") : null);
        timer = Executors.newSingleThreadScheduledExecutor(daemon("sandbox-timer"));
        workers = Executors.newFixedThreadPool(2, daemon("sandbox-worker"));
        delays = new Delays(b.clock, timer);
        var intake = new SubmissionIntake(tenant, settings, log, bodies, delays, b.clock, b.traceHeader);
        submissionHandler = new SubmissionHandler(new SubmissionHandler.Services(
                new Authenticator(tenant, tokens),
                intake,
                settings,
                faults,
                log,
                delays,
                b.clock,
                b.refusedAuthDelay,
                workers));
        submission = new SubmissionEndpoint(
                b.submissionPort,
                certificate.sslContext(),
                b.folder.resolve("spool"),
                b.idleTimeout,
                submissionHandler);
        token = new TokenEndpoint(b.tokenPort, new TokenService(tenant, tokens, b.clock), tokenFaults, log, b.clock);
    }

    /**
     * A running sandbox with the demo tenant (contoso.com).
     *
     * @param folder for the certificate and what is spooled
     * @param submissionPort 0 for a free one
     * @param tokenPort 0 for a free one
     */
    public static Sandbox start(Path folder, int submissionPort, int tokenPort) throws IOException {
        Sandbox sandbox = builder(folder).ports(submissionPort, tokenPort).build();
        DemoTenant.fill(sandbox);
        return sandbox.start();
    }

    /** @param folder for the certificate, which is kept there for the next time, and for what is spooled */
    public static SandboxBuilder builder(Path folder) {
        return new SandboxBuilder(folder);
    }

    /**
     * Listens.
     *
     * @throws IOException where a port is taken; nothing is left open then
     */
    public Sandbox start() throws IOException {
        try {
            for (Endpoint endpoint : endpoints()) {
                startOne(endpoint);
            }
            return this;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void startOne(Endpoint endpoint) throws IOException {
        try {
            endpoint.start();
        } catch (IOException e) {
            throw new IOException(
                    "the sandbox's " + endpoint.name() + " endpoint cannot listen on 127.0.0.1; give it another port",
                    e);
        }
    }

    private List<Endpoint> endpoints() {
        return List.of(token, submission);
    }

    /** A new mailbox of the tenant; the same address again replaces the mailbox and what it has used. */
    public SandboxMailbox mailbox(String address, String password) {
        return tenant.addMailbox(address, password);
    }

    /** A new app of the tenant, which may use no mailbox yet. */
    public SandboxApp app(String clientId) {
        return tenant.addApp(clientId);
    }

    /** The limits from now on. */
    public Sandbox limits(SandboxLimits limits) {
        settings.limits = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /** A foreign sender gets {@code 550 5.7.60} (true) or {@code 554 5.2.252 SendAsDenied} (false, as at the start). */
    public Sandbox olderSendAsWords(boolean older) {
        settings.sendAsWords =
                older ? SubmissionChecks.SendAsWords.CLIENT_PERMISSIONS : SubmissionChecks.SendAsWords.SEND_AS_DENIED;
        return this;
    }

    /** Tokens issued from now on live a random time between these. Entra's, and the start: 60 to 90 minutes. */
    public Sandbox tokenLifetime(Duration shortest, Duration longest) {
        tokens.lifetime(shortest, longest);
        return this;
    }

    /** Every token that is out is refused from now on. Sessions that are logged in stay so, as with Exchange Online. */
    public Sandbox revokeTokens() {
        tokens.revokeAll();
        return this;
    }

    /** Messages above the rate that are held back now. */
    public int heldMessages() {
        return delays.waiting();
    }

    /** Cuts every SMTP connection, without a word. */
    public void dropConnections() {
        submissionHandler.dropConnections();
    }

    public Script script() {
        return faults.script();
    }

    public Sandbox randomFaults(RandomFaults random) {
        faults.random(Objects.requireNonNull(random, "random"));
        return this;
    }

    /** Faults of the token endpoint. */
    public TokenFaults tokenFaults() {
        return tokenFaults;
    }

    public SandboxLog log() {
        return log;
    }

    /** Forgets the log, kept bytes, what was used of the limits, and the faults; mailboxes, apps and tokens stay. */
    public void reset() throws IOException {
        log.reset();
        bodies.clear();
        tenant.clearUsage();
        faults.clear();
        faults.random(new RandomFaults(0));
        tokenFaults.clear();
    }

    /** The name that the certificate is for. */
    public String host() {
        return "localhost";
    }

    public int submissionPort() {
        return submission.port();
    }

    public int tokenPort() {
        return token.port();
    }

    /** Stands for {@code https://login.microsoftonline.com}. */
    public String authority() {
        return token.authority();
    }

    public String tenantId() {
        return tenant.id();
    }

    /** A PKCS #12 trust store with the sandbox's certificate. */
    public Path trustStore() {
        return certificate.trustStore();
    }

    public String trustStorePassword() {
        return ServerCertificate.PASSWORD;
    }

    /** The properties that point a transport of the bundle at each mailbox of this sandbox. */
    public String describe() {
        return Description.of(this, tenant);
    }

    @Override
    public void close() throws IOException {
        submission.close();
        token.close();
        timer.shutdownNow();
        workers.shutdownNow();
        bodies.clear();
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
