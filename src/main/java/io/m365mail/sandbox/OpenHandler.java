package io.m365mail.sandbox;

import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpHandler;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Answers where no mailbox logs in: at the tenant's MX and at the old server. */
final class OpenHandler implements SmtpHandler {
    /** @param workers for work that takes longer than an event loop may */
    record Services(
            OpenPolicy policy,
            Recorder recorder,
            Faults faults,
            SandboxLog log,
            Delays delays,
            Clock clock,
            Executor workers) {}

    private final Services services;
    private final Set<SmtpPeer> peers = ConcurrentHashMap.newKeySet();

    OpenHandler(Services services) {
        this.services = services;
    }

    @Override
    public SmtpConversation connected(SmtpPeer peer) {
        peers.add(peer);
        return new OpenConversation(peer, services, () -> peers.remove(peer));
    }

    void dropConnections() {
        peers.forEach(SmtpPeer::disconnect);
    }
}
