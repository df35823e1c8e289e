package io.m365mail.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * An Exchange Online stand-in on 127.0.0.1: a submission endpoint that answers as {@code smtp.office365.com:587} does,
 * the token endpoint that goes with it, the tenant's MX, the endpoint of High Volume Email, and a DNS server that names
 * the MX. It keeps Exchange Online's limits by its own clock, records what it took,
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
    private final Workers workers;
    private final Recorder recorder;
    private final SmtpSide smtp;
    private final ClientAuthority authority;
    private final TokenEndpoint token;
    private final int dnsPort;
    private SandboxDns dns;

    Sandbox(SandboxBuilder b) throws IOException {
        certificate = ServerCertificate.in(b.folder);
        tenant = new Tenant(b.tenantId, b.domains);
        tokens = new AccessTokens(b.clock);
        settings.limits = b.limits;
        log = new SandboxLog(b.keepEntries);
        bodies = new BodyStore(b.bodyMemory, b.bodiesOnDisk ? b.folder.resolve("messages") : null);
        workers = new Workers("sandbox", b.clock);
        authority = new ClientAuthority(b.folder);
        dnsPort = b.dnsPort;
        recorder = new Recorder(log, bodies, b.clock, b.traceHeader);
        smtp = new SmtpSide(
                b,
                new SmtpSide.Parts(
                        tenant,
                        settings,
                        new Authenticator(tenant, tokens),
                        new SandboxMx(tenant, settings, authority),
                        recorder,
                        faults,
                        log,
                        workers),
                certificate.sslContext());
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
        return startDemo(builder(folder).ports(submissionPort, tokenPort));
    }

    /** The same with settings of your own. */
    public static Sandbox startDemo(SandboxBuilder settings) throws IOException {
        Sandbox sandbox = settings.build();
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
            token.listen();
            for (Endpoint endpoint : smtp.endpoints()) {
                endpoint.listen();
            }
            dns = SandboxDns.start(dnsPort);
            tenant.domains().forEach(dns::tenant);
            return this;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
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
        return workers.delays().waiting();
    }

    /** Cuts every SMTP connection, without a word. */
    public void dropConnections() {
        smtp.dropConnections();
    }

    public Script script() {
        return faults.script();
    }

    public Sandbox randomFaults(RandomFaults random) {
        faults.random(Objects.requireNonNull(random, "random"));
        return this;
    }

    /**
     * What is taken from now on for {@code bounce@…} or {@code bounce.anything@…} comes back: {@code after} it was
     * taken, a report as Exchange Online writes them lies in the envelope sender's mailbox, if {@code inbox} has it.
     */
    public Sandbox lateBounces(SandboxInbox inbox, Duration after) {
        recorder.bounces(new LateBounces(inbox, after, workers.delays()));
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
        return smtp.submissionPort();
    }

    /** The rules of the tenant's MX. */
    public SandboxMx mx() {
        return smtp.mx();
    }

    public int mxPort() {
        return smtp.mxPort();
    }

    /** The port of High Volume Email; each mailbox serves as an account. */
    public int highVolumePort() {
        return smtp.highVolumePort();
    }

    /** Knows the MX of the tenant's domains. */
    public SandboxDns dns() {
        return dns;
    }

    /** A client certificate that a connector may know, as PKCS #12 with {@link #trustStorePassword()}. */
    public Path clientCertificate(Path file, String name) throws IOException {
        return clientCertificate(file, name, 365, true);
    }

    /**
     * @param days until it ends, negative for one that has
     * @param wholeChain false leaves the intermediate out, so that no connector matches
     */
    public Path clientCertificate(Path file, String name, int days, boolean wholeChain) throws IOException {
        authority.issue(file, name, days, wholeChain);
        return file;
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
        smtp.close();
        token.close();
        if (dns != null) {
            dns.close();
        }
        workers.close();
        bodies.clear();
    }
}
