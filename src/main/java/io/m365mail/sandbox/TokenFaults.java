package io.m365mail.sandbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What shall go wrong with the next requests to the token endpoint, in their order. Safe for threads. */
public final class TokenFaults {
    /** @param retryAfter seconds for the Retry-After field, 0 for none */
    record TokenFault(Duration delay, int status, String error, int retryAfter) {}

    private final Deque<TokenFault> next = new ArrayDeque<>();

    TokenFaults() {}

    /** The next request gets this HTTP status and OAuth error, such as 503 and {@code temporarily_unavailable}. */
    public TokenFaults fail(int status, String error) {
        return add(new TokenFault(Duration.ZERO, status, error, 0));
    }

    /** The next request gets 429 with Retry-After. */
    public TokenFaults throttle(int seconds) {
        return add(new TokenFault(Duration.ZERO, 429, "temporarily_unavailable", seconds));
    }

    /** The next request is answered properly, but late (real time). */
    public TokenFaults delay(Duration time) {
        return add(new TokenFault(time, 0, null, 0));
    }

    public synchronized void clear() {
        next.clear();
    }

    private synchronized TokenFaults add(TokenFault fault) {
        next.addLast(fault);
        return this;
    }

    /** The fault of this request, or null. */
    synchronized TokenFault poll() {
        return next.pollFirst();
    }
}
