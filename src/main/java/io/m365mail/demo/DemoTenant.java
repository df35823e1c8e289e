package io.m365mail.demo;

import io.m365mail.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The made-up tenant contoso.com of the demo: two mailboxes, an app that may use one, and a connector that knows a
 * certificate. Its secrets open nothing else.
 */
final class DemoTenant {
    static final String ALERTS = "alerts@contoso.com";
    static final String PRINTERS = "scanner@contoso.com";
    static final String CLIENT_ID = "1f0e9d8c-7b6a-4954-8372-615041302010";
    static final String CLIENT_SECRET = "demo-client-secret";
    static final String PRINTERS_PASSWORD = "demo-password";
    static final String CONNECTOR = "connector";
    static final String CERTIFICATE_NAME = "relay.contoso.com";

    private DemoTenant() {}

    /** A running sandbox with this tenant, on free ports. */
    static Sandbox start(Path folder) throws IOException {
        Sandbox sandbox = Sandbox.builder(folder).build();
        sandbox.mailbox(ALERTS, "no password is used for this one");
        sandbox.mailbox(PRINTERS, PRINTERS_PASSWORD);
        sandbox.app(CLIENT_ID).secret(CLIENT_SECRET).mayUse(ALERTS);
        sandbox.mx().certificateConnector(CONNECTOR, CERTIFICATE_NAME);
        return sandbox.start();
    }
}
