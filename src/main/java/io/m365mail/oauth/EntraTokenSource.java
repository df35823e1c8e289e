package io.m365mail.oauth;

import io.m365mail.config.MailboxLogin;
import io.m365mail.config.Secret;
import io.m365mail.config.TransportConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the token of one app. When four fifths of its life are over (or five minutes are left, whichever is first), the
 * next caller fetches another while the rest go on with the old one; when there is none, all wait for one fetch. After a
 * failure nobody asks again before a pause is over (5 s doubling to a minute; a minute where the configuration is at
 * fault): callers get the old token while it lasts, else the same failure. Has no thread of its own.
 */
public final class EntraTokenSource implements TokenSource {
    private static final Logger LOG = LoggerFactory.getLogger(EntraTokenSource.class);
    private static final Duration EARLY = Duration.ofMinutes(5);
    /** A token with less left is not given out: the server must still take it when it arrives. */
    private static final Duration MARGIN = Duration.ofSeconds(30);
    /** A token refused so soon after it was fetched is not stale: another would be refused too. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final TokenEndpoint endpoint;
    private final Clock clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile Cached cached;
    private volatile Failure failure;

    private record Cached(String token, Instant fetched, Instant renew, Instant end) {
        @Override
        public String toString() {
            return "token until " + end;
        }
    }

    private record Failure(TokenException reason, Instant retry, Duration pause) {}

    /**
     * @param authority such as {@code https://login.microsoftonline.com}
     * @throws IllegalArgumentException where a value cannot be right; says which
     */
    public EntraTokenSource(
            String authority,
            String tenantId,
            String clientId,
            String scope,
            ClientCredential credential,
            Clock clock) {
        this.endpoint = new TokenEndpoint(authority, tenantId, clientId, scope, credential, Duration.ofSeconds(15));
        this.clock = clock;
    }

    /** From a mailbox transport's configuration. */
    public static EntraTokenSource of(TransportConfig.SmtpAuth config, Clock clock) {
        return new EntraTokenSource(
                config.authority(),
                config.tenantId(),
                config.clientId(),
                config.scope(),
                credential(
                        "transport " + config.name(),
                        config.clientSecret(),
                        config.clientCertificate(),
                        config.clientCertificatePassword(),
                        clock),
                clock);
    }

    /** From the login of a mailbox that is read. */
    public static EntraTokenSource of(MailboxLogin login, Clock clock) {
        return new EntraTokenSource(
                login.authority(),
                login.tenantId(),
                login.clientId(),
                login.scope(),
                credential(
                        "mailbox " + login.mailbox(),
                        login.clientSecret(),
                        login.clientCertificate(),
                        login.clientCertificatePassword(),
                        clock),
                clock);
    }

    private static ClientCredential credential(
            String who, Secret secret, Path certificate, Secret certificatePassword, Clock clock) {
        if (certificate != null) {
            return ClientCertificate.read(certificate, certificatePassword, clock);
        }
        if (secret == null) {
            throw new IllegalArgumentException(
                    who + " has auth=xoauth2 but neither client-secret nor client-certificate; set one of them");
        }
        return new ClientSecret(secret);
    }

    @Override
    public String token() throws TokenException {
        Cached have = cached;
        Instant now = clock.instant();
        if (have != null && now.isBefore(have.renew())) {
            return have.token();
        }
        boolean usable = usable(have, now);
        if (usable && (pausing(now) || !fetching.tryLock())) {
            return have.token();
        }
        if (!usable) {
            fetching.lock();
        }
        try {
            return renewed(clock.instant());
        } finally {
            fetching.unlock();
        }
    }

    /** With the lock held; somebody else may have been here while we waited. */
    private String renewed(Instant now) throws TokenException {
        Cached have = cached;
        if (have != null && now.isBefore(have.renew())) {
            return have.token();
        }
        if (pausing(now)) {
            return oldOr(have, now, failure.reason());
        }
        try {
            TokenEndpoint.Answer answer = endpoint.fetch();
            cached = cache(answer, now);
            failure = null;
            LOG.debug("Fetched a token from {}, good for {}", endpoint, answer.life());
            return answer.token();
        } catch (TokenException e) {
            failure = new Failure(e, now.plus(pause(e)), pause(e));
            return oldOr(have, now, e);
        }
    }

    private static Cached cache(TokenEndpoint.Answer answer, Instant now) {
        Duration life = answer.life();
        Duration fourFifths = life.multipliedBy(4).dividedBy(5);
        Duration early = life.minus(EARLY);
        Duration renew = early.isNegative() || fourFifths.compareTo(early) < 0 ? fourFifths : early;
        return new Cached(answer.token(), now, now.plus(renew), now.plus(life));
    }

    private Duration pause(TokenException e) {
        if (e.configuration()) {
            return LONGEST_PAUSE;
        }
        Failure before = failure;
        Duration next = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
        return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }

    private static String oldOr(Cached have, Instant now, TokenException reason) throws TokenException {
        if (usable(have, now)) {
            LOG.warn("The token could not be renewed and is used until {}: {}", have.end(), reason.getMessage());
            return have.token();
        }
        throw reason;
    }

    private static boolean usable(Cached have, Instant now) {
        return have != null && now.plus(MARGIN).isBefore(have.end());
    }

    private boolean pausing(Instant now) {
        Failure last = failure;
        return last != null && now.isBefore(last.retry());
    }

    @Override
    public boolean invalidate(String token) {
        fetching.lock();
        try {
            Cached have = cached;
            if (have == null || !have.token().equals(token)) {
                return true;
            }
            if (clock.instant().isBefore(have.fetched().plus(YOUNG))) {
                return false;
            }
            cached = null;
            return true;
        } finally {
            fetching.unlock();
        }
    }

    @Override
    public String toString() {
        return "tokens of " + endpoint;
    }
}
