package io.m365mail.smtp.client;

import java.util.Locale;

/** When a connection is encrypted. */
public enum TlsMode {
    /** STARTTLS, else nothing is sent. The certificate is checked. */
    REQUIRE,
    /**
     * STARTTLS where the server offers it, else plain text. Against a passive listener only (RFC 7435): the certificate is
     * not checked, unless credentials are going to be sent.
     */
    OPPORTUNISTIC,
    /** Plain text, also for credentials. */
    OFF,
    /** TLS from the first byte (RFC 8314). The certificate is checked. */
    IMPLICIT;

    /** The value of the key {@code tls}; an unknown one is an error that names the known ones. */
    public static TlsMode of(String value) {
        for (TlsMode mode : values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(value)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "tls is '" + value + "'; known values are require, opportunistic, off and implicit");
    }
}
