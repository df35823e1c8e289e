package io.m365mail.sandbox;

import io.m365mail.smtp.server.SmtpServerOptions;
import java.util.List;
import javax.net.ssl.SSLContext;

/** The sandbox's SMTP listeners: client submission, High Volume Email, and the tenant's MX. */
final class SmtpSide {
    /** What they share with the rest of the sandbox. */
    record Parts(
            Tenant tenant,
            SubmissionIntake.Settings settings,
            Authenticator authenticator,
            SandboxMx mx,
            Recorder recorder,
            Faults faults,
            SandboxLog log,
            Workers workers) {}

    private static final List<String> LOG_IN = List.of("LOGIN", "XOAUTH2");
    private static final int HIGH_VOLUME_RECIPIENTS = 50;
    private static final long HIGH_VOLUME_SIZE = 10L << 20;

    private final SandboxMx rules;
    private final SubmissionHandler submissionHandler;
    private final SubmissionHandler highVolumeHandler;
    private final OpenHandler mxHandler;
    private final SmtpEndpoint submission;
    private final SmtpEndpoint highVolume;
    private final SmtpEndpoint mx;

    SmtpSide(SandboxBuilder b, Parts parts, SSLContext tls) {
        rules = parts.mx();
        submissionHandler = submission(b, parts, parts.settings());
        highVolumeHandler = submission(b, parts, highVolumeSettings());
        mxHandler = new OpenHandler(new OpenHandler.Services(
                rules.policy(),
                parts.recorder(),
                parts.faults(),
                parts.log(),
                parts.workers().delays(),
                b.clock,
                parts.workers().executor()));
        var common = new SmtpEndpoint.Common(tls, b.folder.resolve("spool"), b.idleTimeout);
        // STARTTLS is only offered, not required: what a client without it is told is the handler's.
        submission = new SmtpEndpoint(
                place("submission", "127.0.0.1", b.submissionPort, false, LOG_IN), common, submissionHandler);
        highVolume = new SmtpEndpoint(
                place("high-volume", "127.0.0.1", b.highVolumePort, false, LOG_IN), common, highVolumeHandler);
        mx = new SmtpEndpoint(place("mx", b.mxAddress, b.mxPort, true, List.of()), common, mxHandler);
    }

    private static SmtpEndpoint.Place place(
            String name, String address, int port, boolean certificate, List<String> mechanisms) {
        return new SmtpEndpoint.Place(name, address, port, SmtpServerOptions.Tls.STARTTLS, certificate, mechanisms);
    }

    private static SubmissionIntake.Settings highVolumeSettings() {
        var settings = new SubmissionIntake.Settings();
        settings.limits = SandboxLimits.none()
                .withRecipients(SandboxLimits.OFF, HIGH_VOLUME_RECIPIENTS, SandboxLimits.OFF)
                .withSizes(HIGH_VOLUME_SIZE, 256 << 10);
        settings.sendAsWords = SubmissionChecks.SendAsWords.HIGH_VOLUME;
        settings.internalOnly = true;
        return settings;
    }

    private static SubmissionHandler submission(SandboxBuilder b, Parts parts, SubmissionIntake.Settings settings) {
        return new SubmissionHandler(new SubmissionHandler.Services(
                parts.authenticator(),
                new SubmissionIntake(
                        parts.tenant(),
                        settings,
                        parts.recorder(),
                        parts.workers().delays()),
                settings,
                parts.faults(),
                parts.log(),
                parts.workers().delays(),
                b.clock,
                b.refusedAuthDelay,
                parts.workers().executor()));
    }

    List<Endpoint> endpoints() {
        return List.of(submission, highVolume, mx);
    }

    SandboxMx mx() {
        return rules;
    }

    int submissionPort() {
        return submission.port();
    }

    int highVolumePort() {
        return highVolume.port();
    }

    int mxPort() {
        return mx.port();
    }

    void dropConnections() {
        submissionHandler.dropConnections();
        highVolumeHandler.dropConnections();
        mxHandler.dropConnections();
    }

    void close() {
        endpoints().forEach(Endpoint::close);
    }
}
