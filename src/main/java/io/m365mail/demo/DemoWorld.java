package io.m365mail.demo;

import io.m365mail.sandbox.LegacyServer;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxInbox;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Everything around the relay, on 127.0.0.1: Exchange Online with the ERP's mailbox, which bounces come to, the company's
 * own mail server, and the ERP's database.
 */
record DemoWorld(Sandbox sandbox, SandboxInbox inbox, LegacyServer server, DemoOutbox outbox) implements AutoCloseable {
    static final String SERVER_USER = "relay";
    static final String SERVER_PASSWORD = "demo-server-password";
    static final String INBOX_PASSWORD = "demo-inbox-password";

    private static final Duration BOUNCES_AFTER = Duration.ofMillis(500);

    /** @param folder for all that they keep */
    static DemoWorld start(Path folder) throws Exception {
        try (var started = new Started()) {
            Sandbox sandbox = started.add(DemoTenant.start(folder));
            SandboxInbox inbox = started.add(SandboxInbox.start());
            inbox.mailbox(DemoMessages.ERP, INBOX_PASSWORD);
            sandbox.lateBounces(inbox, BOUNCES_AFTER);
            var server = started.add(new LegacyServer(folder, 0, Tls.STARTTLS, SERVER_USER, SERVER_PASSWORD));
            DemoOutbox outbox = started.add(DemoOutbox.create(folder.resolve("erp")));
            started.keep();
            return new DemoWorld(sandbox, inbox, server, outbox);
        }
    }

    @Override
    public void close() throws Exception {
        try (sandbox;
                inbox;
                server) {
            outbox.close();
        }
    }

    /** Closes what was started before something else could not be. */
    private static final class Started implements AutoCloseable {
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();

        <T extends AutoCloseable> T add(T part) {
            parts.push(part);
            return part;
        }

        void keep() {
            parts.clear();
        }

        @Override
        public void close() throws Exception {
            while (!parts.isEmpty()) {
                parts.pop().close();
            }
        }
    }
}
