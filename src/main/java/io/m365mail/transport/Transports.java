package io.m365mail.transport;

import io.m365mail.config.Cloud;
import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import io.m365mail.dns.Dns;
import io.m365mail.dns.TenantMx;
import io.m365mail.oauth.EntraTokenSource;
import io.m365mail.smtp.client.Authenticator;
import io.m365mail.smtp.client.LoginAuthenticator;
import io.m365mail.smtp.client.PoolLimits;
import io.m365mail.smtp.client.SmtpClientOptions;
import io.m365mail.smtp.client.SmtpConnector;
import io.m365mail.smtp.client.SmtpTransport;
import io.m365mail.smtp.client.TlsMode;
import io.m365mail.smtp.client.XoauthAuthenticator;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** Makes a working transport from its configuration: the one place where the types of transports differ. */
public final class Transports {
    private Transports() {}

    /**
     * A pool without a connection yet.
     *
     * @param dns finds the MX where the configuration names no host
     * @throws IllegalArgumentException where a value cannot be right or a key store cannot be read; says which and why
     */
    public static SmtpTransport create(TransportConfig config, SessionOptions session, Clock clock, Dns dns) {
        TransportConfig.Limits limits = config.limits();
        var pool = new PoolLimits(
                limits.connections(), limits.messagesPerConnection(), session.maxIdle(), session.maxAge());
        return new SmtpTransport(connector(config, session, clock, dns), pool, System::nanoTime);
    }

    /** One that opens single connections: for a look at the server without a message. */
    public static SmtpConnector connector(TransportConfig config, SessionOptions session, Clock clock, Dns dns) {
        if (config instanceof TransportConfig.DirectSend direct) {
            return toMx(config, direct.domains(), direct.cloud(), options(config, session, null, null), dns);
        }
        if (config instanceof TransportConfig.Relay relay) {
            SmtpClientOptions options = options(config, session, relay.keyStore(), relay.keyStorePassword());
            return toMx(config, relay.domains(), relay.cloud(), options, dns);
        }
        return new SmtpConnector(options(config, session, null, null), authenticator(config, clock), System::nanoTime);
    }

    /** IPv4 alone: an IPv6 client needs a PTR record and SPF or DKIM, and no connector ever matches it. */
    private static SmtpConnector toMx(
            TransportConfig config, List<String> domains, Cloud cloud, SmtpClientOptions options, Dns dns) {
        if (config.target().host() != null) {
            return new SmtpConnector(options.onIpv4(), null, System::nanoTime);
        }
        if (domains.isEmpty()) {
            throw new IllegalArgumentException("transport " + config.name()
                    + " has neither a host nor a domain whose MX to use; set m365.domains or host");
        }
        var servers = new TenantMx(domains, cloud, true, config.name(), dns, new SecureRandom());
        return new SmtpConnector(
                options.withHost(TransportConfig.mxOf(domains)).onIpv4(), servers, null, System::nanoTime);
    }

    private static SmtpClientOptions options(
            TransportConfig config, SessionOptions session, Path keyStore, Secret keyStorePassword) {
        TransportConfig.Target target = config.target();
        return new SmtpClientOptions(
                target.host(),
                target.port(),
                session.hostname(),
                TlsMode.of(target.tls()),
                target.trustStore(),
                target.trustStorePassword(),
                keyStore,
                keyStorePassword,
                target.localAddress(),
                session.ipv4(),
                session.timeouts());
    }

    private static Authenticator authenticator(TransportConfig config, Clock clock) {
        if (config instanceof TransportConfig.SmtpAuth mailbox) {
            return switch (mailbox.auth()) {
                case "xoauth2" -> new XoauthAuthenticator(mailbox.mailbox(), EntraTokenSource.of(mailbox, clock));
                case "login" -> new LoginAuthenticator(mailbox.mailbox(), mailbox.password());
                default ->
                    throw new IllegalArgumentException("transport " + mailbox.name() + " has auth=" + mailbox.auth()
                            + "; known values are xoauth2 and login");
            };
        }
        if (config instanceof TransportConfig.Server server && server.username() != null) {
            return new LoginAuthenticator(server.username(), server.password());
        }
        return null;
    }
}
