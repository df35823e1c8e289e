package io.m365mail.transport;

import io.m365mail.smtp.client.PoolLimits;
import io.m365mail.smtp.client.SmtpTimeouts;
import java.time.Duration;

/**
 * What a transport's sessions need beside its {@link io.m365mail.config.TransportConfig}.
 *
 * @param hostname our own name for EHLO
 * @param connectTimeout for the connection and the TLS handshake, or null for the default
 * @param readTimeout for every reply and write, or null for those of RFC 5321 section 4.5.3.2
 * @param maxIdle an unused connection is closed after so long
 * @param maxAge an older connection is closed after its message
 * @param ipv4 use IPv4 addresses only
 */
public record SessionOptions(
        String hostname,
        Duration connectTimeout,
        Duration readTimeout,
        Duration maxIdle,
        Duration maxAge,
        boolean ipv4) {

    public static SessionOptions of(String hostname) {
        return new SessionOptions(hostname, null, null, PoolLimits.MAX_IDLE, Duration.ofMinutes(10), false);
    }

    SmtpTimeouts timeouts() {
        SmtpTimeouts d = SmtpTimeouts.defaults();
        Duration connect = connectTimeout == null ? d.connect() : connectTimeout;
        return readTimeout == null
                ? new SmtpTimeouts(connect, d.greeting(), d.command(), d.data(), d.dataBlock(), d.endOfData())
                : SmtpTimeouts.of(connect, readTimeout);
    }
}
