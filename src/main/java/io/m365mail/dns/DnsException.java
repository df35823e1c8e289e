package io.m365mail.dns;

/** The DNS did not answer, or said that it cannot now: the next try may succeed. */
public final class DnsException extends Exception {
    private static final long serialVersionUID = 1L;

    DnsException(String message) {
        super(message, null, false, false);
    }
}
