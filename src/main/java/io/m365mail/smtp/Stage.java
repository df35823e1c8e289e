package io.m365mail.smtp;

/** Where in a transaction a reply was given or the connection broke. Verdicts depend on it. */
public enum Stage {
    /** Name look-up, TCP connection and the greeting. */
    CONNECT,
    /** EHLO. */
    EHLO,
    /** STARTTLS and the handshake. */
    TLS,
    /** AUTH, and fetching the token for it. */
    AUTH,
    MAIL,
    RCPT,
    /** The reply to DATA (before any byte of the message) or to a BDAT that is not the last. */
    DATA,
    /** After the final dot or the last BDAT: the outcome is known only from the reply. */
    END_OF_DATA
}
