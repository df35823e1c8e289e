package io.m365mail.sandbox;

import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpHandler;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Answers at the submission endpoint as {@code smtp.office365.com:587} does. */
final class SubmissionHandler implements SmtpHandler {
    /**
     * What every session needs.
     *
     * @param refusedAuthDelay how late a refused AUTH is answered
     * @param workers for work that takes longer than an event loop may
     */
    record Services(
            Authenticator authenticator,
            SubmissionIntake intake,
            SubmissionIntake.Settings settings,
            Faults faults,
            SandboxLog log,
            Delays delays,
            Clock clock,
            Duration refusedAuthDelay,
            Executor workers) {}

    private final Services services;
    private final Set<SmtpPeer> peers = ConcurrentHashMap.newKeySet();

    SubmissionHandler(Services services) {
        this.services = services;
    }

    @Override
    public SmtpConversation connected(SmtpPeer peer) {
        peers.add(peer);
        return new SubmissionConversation(peer, services, () -> peers.remove(peer));
    }

    void dropConnections() {
        peers.forEach(SmtpPeer::disconnect);
    }
}
