package io.m365mail.mail;

import java.util.Objects;

/**
 * One envelope recipient with what the submitter asked for it (RFC 3461).
 *
 * @param address the forward path without angle brackets, as it was given
 * @param dsn the value of {@code NOTIFY=}, or null
 * @param orcpt the value of {@code ORCPT=} still in xtext, or null
 */
public record Recipient(String address, String dsn, String orcpt) {
    public Recipient {
        Objects.requireNonNull(address, "address");
    }

    public static Recipient of(String address) {
        return new Recipient(address, null, null);
    }

    /** The domain in lower case; empty where the address has none. */
    public String domain() {
        return Addresses.domain(address);
    }
}
