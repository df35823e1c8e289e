package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import io.m365mail.oauth.EntraTokenSource;
import io.m365mail.smtp.client.Authenticator;
import io.m365mail.smtp.client.LoginAuthenticator;
import io.m365mail.smtp.client.PoolLimits;
import io.m365mail.smtp.client.SmtpClientOptions;
import io.m365mail.smtp.client.SmtpConnector;
import io.m365mail.smtp.client.SmtpTransport;
import io.m365mail.smtp.client.TlsMode;
import io.m365mail.smtp.client.XoauthAuthenticator;
import java.time.Clock;

/** Makes a working transport from its configuration: the one place where the types of transports differ. */
public final class Transports {
    private Transports() {}

    /**
     * A pool without a connection yet.
     *
     * @throws IllegalArgumentException where a value cannot be right or a key store cannot be read; says which and why
     */
    public static SmtpTransport create(TransportConfig config, SessionOptions session, Clock clock) {
        TransportConfig.Limits limits = config.limits();
        var pool = new PoolLimits(
                limits.connections(), limits.messagesPerConnection(), session.maxIdle(), session.maxAge());
        return new SmtpTransport(connector(config, session, clock), pool, System::nanoTime);
    }

    /** One that opens single connections: for a look at the server without a message. */
    public static SmtpConnector connector(TransportConfig config, SessionOptions session, Clock clock) {
        return new SmtpConnector(options(config, session), authenticator(config, clock), System::nanoTime);
    }

    private static SmtpClientOptions options(TransportConfig config, SessionOptions session) {
        TransportConfig.Target target = config.target();
        return new SmtpClientOptions(
                target.host(),
                target.port(),
                session.hostname(),
                TlsMode.of(target.tls()),
                target.trustStore(),
                target.trustStorePassword(),
                null,
                null,
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
