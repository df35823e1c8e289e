package io.m365mail.sandbox;

import io.m365mail.mail.Addresses;
import java.util.Comparator;
import java.util.List;

/**
 * The lines for {@code application.properties} that point transports at a sandbox. Secrets of the demo tenant are
 * public and printed; others stand as a placeholder to be filled.
 */
final class Description {
    private Description() {}

    static String of(Sandbox sandbox, Tenant tenant) {
        var text = new StringBuilder("# The sandbox listens on " + sandbox.host() + ":" + sandbox.submissionPort()
                + " (submission) and " + sandbox.authority() + " (tokens).\n");
        List<SandboxMailbox> mailboxes = tenant.mailboxes().stream()
                .sorted(Comparator.comparing(SandboxMailbox::address))
                .toList();
        for (SandboxMailbox mailbox : mailboxes) {
            transport(text, sandbox, tenant, mailbox);
        }
        mx(text, sandbox);
        return text.toString();
    }

    /** In comments, since they would take part in the automatic choice. */
    private static void mx(StringBuilder text, Sandbox sandbox) {
        text.append("\n# The tenant's MX, by the sandbox's DNS server; the relay needs a connector (sandbox.mx()):\n");
        line(text, "#m365.", "dns.server", sandbox.dns().server());
        for (String type : List.of("direct-send", "relay")) {
            String key = "#m365.transport.sandbox-" + type + ".";
            line(text, key, "type", type);
            line(text, key, "port", sandbox.mxPort());
            line(text, key, "trust-store", sandbox.trustStore());
            line(text, key, "trust-store-password", sandbox.trustStorePassword());
        }
    }

    private static void transport(StringBuilder text, Sandbox sandbox, Tenant tenant, SandboxMailbox mailbox) {
        String key = "m365.transport.sandbox-" + name(mailbox.address()) + ".";
        text.append('\n');
        line(text, key, "type", "smtp-auth");
        line(text, key, "host", sandbox.host());
        line(text, key, "port", sandbox.submissionPort());
        line(text, key, "trust-store", sandbox.trustStore());
        line(text, key, "trust-store-password", sandbox.trustStorePassword());
        line(text, key, "mailbox", mailbox.address());
        if (!mailbox.sendAsAddresses().isEmpty()) {
            line(text, key, "senders", mailbox.address() + ", " + String.join(", ", mailbox.sendAsAddresses()));
        }
        SandboxApp app = tenant.apps().stream()
                .filter(a -> a.canUse(mailbox.address()))
                .findFirst()
                .orElse(null);
        if (app == null) {
            line(text, key, "auth", "login");
            String password =
                    mailbox.hasPassword(DemoTenant.PASSWORD) ? DemoTenant.PASSWORD : "{{env:SANDBOX_PASSWORD}}";
            line(text, key, "password", password);
            return;
        }
        line(text, key, "auth", "xoauth2");
        line(text, key, "authority", sandbox.authority());
        line(text, key, "tenant-id", tenant.id());
        line(text, key, "client-id", app.clientId());
        String secret =
                app.hasSecret(DemoTenant.CLIENT_SECRET) ? DemoTenant.CLIENT_SECRET : "{{env:SANDBOX_CLIENT_SECRET}}";
        line(text, key, "client-secret", secret);
    }

    private static void line(StringBuilder text, String key, String name, Object value) {
        text.append(key).append(name).append('=').append(value).append('\n');
    }

    /** A transport's name may hold {@code a-z}, {@code 0-9} and hyphens. */
    private static String name(String address) {
        String local = address.substring(
                0, address.length() - Addresses.domain(address).length() - 1);
        return local.replaceAll("[^a-z0-9-]", "-");
    }
}
