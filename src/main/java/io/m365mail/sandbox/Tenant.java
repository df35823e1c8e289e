package io.m365mail.sandbox;

import io.m365mail.config.Secret;
import io.m365mail.mail.Addresses;
import io.m365mail.smtp.Reply;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The one tenant of the sandbox: its domains, mailboxes, apps, and what it has used of its common limit. */
final class Tenant {
    private final String id;
    private final Set<String> domains;
    private final Map<String, SandboxMailbox> mailboxes = new ConcurrentHashMap<>();
    private final Map<String, SandboxApp> apps = new ConcurrentHashMap<>();
    private final SlidingWindow external = new SlidingWindow(MailboxAccount.DAY);

    Tenant(String id, List<String> domains) {
        this.id = id;
        this.domains =
                Set.copyOf(domains.stream().map(d -> d.toLowerCase(Locale.ROOT)).toList());
    }

    String id() {
        return id;
    }

    /** Whether a tenant named in a token request's path is this one: its id, or one of its domains. */
    boolean isNamed(String idOrDomain) {
        String name = idOrDomain.toLowerCase(Locale.ROOT);
        return name.equals(id.toLowerCase(Locale.ROOT)) || domains.contains(name);
    }

    /** Whether a domain, in lower case, is an accepted one. */
    boolean hasDomain(String domain) {
        return domains.contains(domain);
    }

    List<String> domains() {
        return domains.stream().sorted().toList();
    }

    SandboxMailbox addMailbox(String address, String password) {
        String problem = Addresses.problem(address);
        if (problem != null) {
            throw new IllegalArgumentException("sandbox mailbox '" + address + "': " + problem);
        }
        var mailbox = new SandboxMailbox(address, Secret.of(password));
        mailboxes.put(mailbox.address(), mailbox);
        return mailbox;
    }

    /** The mailbox of a log-in name, or null. */
    SandboxMailbox mailbox(String address) {
        return mailboxes.get(address.toLowerCase(Locale.ROOT));
    }

    Collection<SandboxMailbox> mailboxes() {
        return mailboxes.values();
    }

    SandboxApp addApp(String clientId) {
        var app = new SandboxApp(clientId, id);
        apps.put(clientId.toLowerCase(Locale.ROOT), app);
        return app;
    }

    /** The app of a client id, or null. */
    SandboxApp app(String clientId) {
        return apps.get(clientId.toLowerCase(Locale.ROOT));
    }

    Collection<SandboxApp> apps() {
        return apps.values();
    }

    int countExternal(List<String> recipients) {
        return (int) recipients.stream()
                .filter(r -> !domains.contains(Addresses.domain(r)))
                .count();
    }

    /** Counts external recipients against the tenant's limit, or returns the refusal and counts nothing. */
    synchronized Reply admitExternal(Instant now, int count, int limit) {
        if (count > 0 && external.sum(now) + count > limit) {
            return Replies.TENANT_EXTERNAL_EXCEEDED;
        }
        if (limit < SandboxLimits.OFF) {
            external.add(now, count);
        }
        return null;
    }

    synchronized void clearUsage() {
        external.clear();
        mailboxes.values().forEach(m -> m.account().clear());
    }
}
