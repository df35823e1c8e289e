package io.m365mail.smtp.client;

import java.time.Duration;

/**
 * How long each phase may take. The defaults of the replies are those of RFC 5321 section 4.5.3.2.
 *
 * @param connect TCP connection to one address, and the TLS handshake
 * @param greeting the 220 after the connection
 * @param command EHLO, STARTTLS, AUTH, MAIL, RCPT and RSET
 * @param data the 354
 * @param dataBlock progress while content is written: so long may one write to the socket hang
 * @param endOfData the reply to the final dot: the server stores the message now
 */
public record SmtpTimeouts(
        Duration connect, Duration greeting, Duration command, Duration data, Duration dataBlock, Duration endOfData) {

    public static SmtpTimeouts defaults() {
        return new SmtpTimeouts(
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                Duration.ofMinutes(10));
    }

    /** The same bound for every reply and every write, and another for the connection. */
    public static SmtpTimeouts of(Duration connect, Duration read) {
        return new SmtpTimeouts(connect, read, read, read, read, read);
    }
}
