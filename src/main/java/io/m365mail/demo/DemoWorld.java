package io.m365mail.demo;

import io.m365mail.sandbox.LegacyServer;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Everything around the relay, on 127.0.0.1: Exchange Online, the company's own mail server, and the ERP's database. */
record DemoWorld(Sandbox sandbox, LegacyServer server, DemoOutbox outbox) implements AutoCloseable {
    static final String SERVER_USER = "relay";
    static final String SERVER_PASSWORD = "demo-server-password";

    /** @param folder for all that they keep */
    static DemoWorld start(Path folder) throws IOException, SQLException {
        Sandbox sandbox = DemoTenant.start(folder);
        LegacyServer server = null;
        try {
            server = new LegacyServer(folder, 0, Tls.STARTTLS, SERVER_USER, SERVER_PASSWORD);
            return new DemoWorld(sandbox, server, DemoOutbox.create(folder.resolve("erp")));
        } catch (IOException | SQLException | RuntimeException e) {
            if (server != null) {
                server.close();
            }
            sandbox.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException, SQLException {
        try (sandbox;
                server) {
            outbox.close();
        }
    }
}
