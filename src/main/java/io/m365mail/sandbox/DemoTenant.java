package io.m365mail.sandbox;

/**
 * The made-up tenant of the demo and of {@code Sandbox.start}: contoso.com with three mailboxes and an app that may use
 * them all. Its passwords are public and open nothing but a sandbox.
 */
final class DemoTenant {
    static final String ID = "6c2b1d0e-4f3a-4b8c-9d7e-0a1b2c3d4e5f";
    static final String DOMAIN = "contoso.com";
    static final String CLIENT_ID = "1f0e9d8c-7b6a-4954-8372-615041302010";
    static final String CLIENT_SECRET = "sandbox-client-secret";
    static final String PASSWORD = "sandbox-password";

    private DemoTenant() {}

    static void fill(Sandbox sandbox) {
        sandbox.mailbox("alerts@contoso.com", PASSWORD);
        sandbox.mailbox("scanner@contoso.com", PASSWORD);
        sandbox.mailbox("erp@contoso.com", PASSWORD).sendAs("invoices@contoso.com", "noreply@contoso.com");
        sandbox.app(CLIENT_ID)
                .secret(CLIENT_SECRET)
                .mayUse("alerts@contoso.com", "scanner@contoso.com", "erp@contoso.com");
    }
}
