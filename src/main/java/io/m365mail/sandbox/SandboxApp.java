package io.m365mail.sandbox;

import io.m365mail.config.Secret;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An application registered in the sandbox's tenant: it gets tokens with {@code SMTP.SendAsApp} for a client secret or
 * a certificate, and may use the mailboxes given to it. Settings may change while the sandbox runs.
 */
public final class SandboxApp {
    private final String clientId;
    private final String tenant;
    private final Set<String> mailboxes = ConcurrentHashMap.newKeySet();
    private final List<X509Certificate> certificates = new CopyOnWriteArrayList<>();
    private volatile Secret secret;
    private volatile boolean secretExpired;

    SandboxApp(String clientId, String tenant) {
        this.clientId = clientId;
        this.tenant = tenant;
    }

    public String clientId() {
        return clientId;
    }

    /** The id of the tenant the app is registered in. */
    public String tenant() {
        return tenant;
    }

    public SandboxApp secret(String value) {
        secret = Secret.of(value);
        secretExpired = false;
        return this;
    }

    /** Requests with the right secret now get {@code AADSTS7000222}. */
    public SandboxApp secretExpired() {
        secretExpired = true;
        return this;
    }

    /** A certificate whose key may sign client assertions; several may hold at once, as while one is replaced. */
    public SandboxApp certificate(X509Certificate certificate) {
        certificates.add(certificate);
        return this;
    }

    /** Mailboxes that the app may log in to (in Exchange Online: {@code Add-MailboxPermission … FullAccess}). */
    public SandboxApp mayUse(String... addresses) {
        for (String a : addresses) {
            mailboxes.add(a.toLowerCase(Locale.ROOT));
        }
        return this;
    }

    /** Takes a mailbox away again; tokens that are out already do not open it any more. */
    public SandboxApp mayNotUse(String address) {
        mailboxes.remove(address.toLowerCase(Locale.ROOT));
        return this;
    }

    boolean canUse(String mailbox) {
        return mailboxes.contains(mailbox.toLowerCase(Locale.ROOT));
    }

    boolean hasSecret(String given) {
        return secret != null && secret.equals(Secret.of(given));
    }

    boolean isSecretExpired() {
        return secretExpired;
    }

    List<X509Certificate> certificates() {
        return certificates;
    }

    @Override
    public String toString() {
        return clientId;
    }
}
