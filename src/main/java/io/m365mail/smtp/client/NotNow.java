package io.m365mail.smtp.client;

import java.time.Instant;

/** The limit's account has no room for this message: nothing was sent, and it is no attempt. */
public final class NotNow extends Exception {
    private final Instant until;

    public NotNow(Instant until) {
        super("not before " + until, null, false, false);
        this.until = until;
    }

    /** When to try again. */
    public Instant until() {
        return until;
    }
}
