package io.m365mail.sandbox;

import io.m365mail.mail.Addresses;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The rules of the tenant's MX: who may send to whom without a login. Recipients in the tenant's domains are open to all,
 * others to who matches an inbound connector and sends from an accepted domain (or shows a certificate for one). Each
 * setting may be changed while the sandbox runs. The order of the checks, and that all are made at RCPT, is ours.
 */
public final class SandboxMx {
    /** Of one domain in a transaction (Microsoft, NDR 4.5.3). */
    private static final int RECIPIENTS_PER_DOMAIN = 200;

    private static final long SIZE = 157_286_400L;
    private static final Reply RELAY_DENIED = Replies.line("550 5.7.64 TenantAttribution; Relay Access Denied SMTP");
    private static final Reply DIRECT_SEND_OFF = Replies.line("550 5.7.68 TenantInboundAttribution; Direct Send not"
            + " allowed for this organization from unauthorized sources");
    private static final Reply UNKNOWN = Replies.line("550 5.4.1 Recipient address rejected: Access denied. For more"
            + " information see https://aka.ms/EXOSmtpErrors");

    private final Tenant tenant;
    private final SubmissionIntake.Settings settings;
    private final ClientAuthority authority;
    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final Set<String> directory = ConcurrentHashMap.newKeySet();
    private final SlidingWindow minute = new SlidingWindow(Duration.ofMinutes(1));
    private volatile boolean rejectDirectSend;
    private volatile boolean edgeBlocking;
    private volatile int messagesPerMinute = SandboxLimits.OFF;

    /** An inbound connector of type OnPremises: by address, or by the certificate's name. */
    private record Connector(String name, Set<String> addresses, String certificateName) {}

    SandboxMx(Tenant tenant, SubmissionIntake.Settings settings, ClientAuthority authority) {
        this.tenant = tenant;
        this.settings = settings;
        this.authority = authority;
    }

    /** {@code New-InboundConnector -SenderIPAddresses}: who connects from one of these may relay. */
    public SandboxMx connector(String name, String... addresses) {
        connectors.add(new Connector(name, Set.copyOf(Arrays.asList(addresses)), null));
        return this;
    }

    /**
     * {@code New-InboundConnector -TlsSenderCertificateName}: who shows a trusted certificate of this name may relay.
     *
     * @param certificateName {@code relay.contoso.com} or {@code *.contoso.com}
     */
    public SandboxMx certificateConnector(String name, String certificateName) {
        connectors.add(new Connector(name, Set.of(), certificateName));
        return this;
    }

    public SandboxMx removeConnectors() {
        connectors.clear();
        return this;
    }

    /** {@code Set-OrganizationConfig -RejectDirectSend}. */
    public SandboxMx rejectDirectSend(boolean reject) {
        rejectDirectSend = reject;
        return this;
    }

    /** From now on only these and the mailboxes exist; others in the tenant's domains get {@code 550 5.4.1}. */
    public SandboxMx directory(List<String> addresses) {
        addresses.forEach(a -> directory.add(a.toLowerCase(Locale.ROOT)));
        edgeBlocking = true;
        return this;
    }

    /** More messages in any minute get {@code 451 4.7.500} at MAIL, as an address without history does. */
    public SandboxMx busyAbove(int messages) {
        messagesPerMinute = messages;
        return this;
    }

    /** Every message gets {@code 451 4.7.500} at MAIL (true), or as {@link #busyAbove} says (false). */
    public SandboxMx busy(boolean always) {
        return busyAbove(always ? 0 : SandboxLimits.OFF);
    }

    OpenPolicy policy() {
        return new Policy();
    }

    private final class Policy implements OpenPolicy {
        @Override
        public String who(SmtpPeer peer, String from) {
            Connector matching = connector(peer);
            return matching == null ? "direct-send" : matching.name();
        }

        @Override
        public Reply auth(SmtpCredentials credentials) {
            return Replies.AUTH_UNKNOWN_TYPE;
        }

        @Override
        public Reply mail(SmtpPeer peer, String from, Instant now) {
            synchronized (minute) {
                if (messagesPerMinute < SandboxLimits.OFF && minute.sum(now) >= messagesPerMinute) {
                    return new Reply(
                            451,
                            "4.7.500",
                            "Server busy. Please try again later from ["
                                    + peer.remote().getAddress().getHostAddress() + "]. (S77714)");
                }
                minute.add(now, 1);
                return null;
            }
        }

        @Override
        public Reply rcpt(SmtpPeer peer, String from, String to, List<String> before) {
            String domain = Addresses.domain(to);
            long ofDomain = before.stream()
                    .filter(r -> Addresses.domain(r).equals(domain))
                    .count();
            if (ofDomain >= RECIPIENTS_PER_DOMAIN) {
                return Replies.TOO_MANY_RECIPIENTS;
            }
            Connector matching = connector(peer);
            boolean ownSender = tenant.hasDomain(Addresses.domain(from));
            if (!tenant.hasDomain(domain)) {
                return matching != null && (ownSender || matching.certificateName() != null) ? null : RELAY_DENIED;
            }
            if (rejectDirectSend && ownSender && matching == null) {
                return DIRECT_SEND_OFF;
            }
            boolean exists =
                    !edgeBlocking || directory.contains(to.toLowerCase(Locale.ROOT)) || tenant.mailbox(to) != null;
            return exists ? null : UNKNOWN;
        }

        @Override
        public Reply message(List<String> recipients, long size, Instant now) {
            return size > SIZE
                    ? Replies.TOO_LARGE
                    : tenant.admitExternal(
                            now, tenant.countExternal(recipients), settings.limits.externalRecipientsPerDay());
        }

        private Connector connector(SmtpPeer peer) {
            String address = peer.remote().getAddress().getHostAddress();
            List<String> names = authority.trustedNames(peer.clientChain());
            return connectors.stream()
                    .filter(c -> c.addresses().contains(address)
                            || c.certificateName() != null
                                    && names.stream().anyMatch(n -> covers(c.certificateName(), n) && isOurs(n)))
                    .findFirst()
                    .orElse(null);
        }

        private boolean covers(String wanted, String name) {
            return wanted.startsWith("*.") ? name.endsWith(wanted.substring(1)) : wanted.equalsIgnoreCase(name);
        }

        /** {@code relay.contoso.com} needs contoso.com (or itself) as accepted domain. */
        private boolean isOurs(String name) {
            return tenant.hasDomain(name) || tenant.hasDomain(name.substring(name.indexOf('.') + 1));
        }
    }
}
