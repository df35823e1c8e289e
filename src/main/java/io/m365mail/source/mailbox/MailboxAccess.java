package io.m365mail.source.mailbox;

import io.m365mail.config.Secret;
import io.m365mail.config.SourceConfig;
import io.m365mail.oauth.EntraTokenSource;
import io.m365mail.oauth.TokenException;
import io.m365mail.oauth.TokenSource;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.apache.camel.component.mail.MailAuthenticator;

/**
 * How a mailbox is reached: the settings of Angus Mail's session, and the password or token, which is asked for at each
 * connection. TLS is 1.2 or 1.3, with the server's name checked; STARTTLS is required where it is set.
 *
 * @see <a href="https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth">Microsoft:
 *     authenticate an IMAP, POP or SMTP connection using OAuth</a>
 */
public final class MailboxAccess extends MailAuthenticator {
    private static final String CONNECT_MILLIS = "30000";
    private static final String SILENCE_MILLIS = "60000";
    /** So much of a message in one round trip: 25 MB in a hundred. */
    private static final String FETCH_BYTES = "262144";

    private final SourceConfig.Mailbox source;
    private final TokenSource tokens;
    private final Properties properties;
    private final Session session;
    private volatile String lastToken;

    /** @throws IllegalArgumentException where the trust store or the client certificate cannot be read */
    public MailboxAccess(SourceConfig.Mailbox source, Clock clock) {
        this.source = source;
        this.tokens = source.login().byToken() ? EntraTokenSource.of(source.login(), clock) : null;
        this.properties = settings(source);
        this.session = Session.getInstance(properties);
    }

    /** Angus Mail's name of the protocol: with an s at the end it speaks TLS from the first byte. */
    String protocol() {
        return source.server().protocol() + (source.server().tls().equals("implicit") ? "s" : "");
    }

    Properties properties() {
        return properties;
    }

    Session session() {
        return session;
    }

    /** No token: the cause says why, and what to do. */
    static final class NoTokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoTokenException(TokenException cause) {
            super(cause.getMessage(), cause);
        }
    }

    @Override
    public PasswordAuthentication getPasswordAuthentication() {
        if (tokens == null) {
            Secret password = source.login().password();
            return new PasswordAuthentication(source.login().username(), password.reveal());
        }
        try {
            lastToken = tokens.token();
            return new PasswordAuthentication(source.login().username(), lastToken);
        } catch (TokenException e) {
            throw new NoTokenException(e);
        }
    }

    /** The server refused the login; a token that is not quite new may only have been revoked, and another is fetched. */
    void refused() {
        if (tokens != null && lastToken != null) {
            tokens.invalidate(lastToken);
        }
    }

    private Properties settings(SourceConfig.Mailbox source) {
        SourceConfig.Server server = source.server();
        var settings = new Properties();
        String prefix = "mail." + protocol() + ".";
        settings.put(prefix + "connectiontimeout", CONNECT_MILLIS);
        settings.put(prefix + "timeout", SILENCE_MILLIS);
        settings.put(prefix + "fetchsize", FETCH_BYTES);
        settings.put(prefix + "ssl.checkserveridentity", "true");
        settings.put(prefix + "ssl.protocols", "TLSv1.3 TLSv1.2");
        if (server.trustStore() != null) {
            settings.put(prefix + "ssl.socketFactory", trusting(server.trustStore(), server.trustStorePassword()));
        }
        if (server.tls().equals("starttls")) {
            settings.put(prefix + "starttls.enable", "true");
            settings.put(prefix + "starttls.required", "true");
        }
        if (source.login().byToken()) {
            settings.put(prefix + "auth.mechanisms", "XOAUTH2");
            // Exchange Online's POP3 takes the token on a line of its own only.
            settings.put("mail." + protocol() + ".auth.xoauth2.two.line.authentication.format", "true");
        }
        return settings;
    }

    private static SSLSocketFactory trusting(Path file, Secret password) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password.reveal().toCharArray());
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("trust-store " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
