package io.m365mail.handover;

/** Starts and stops the routes that carry deliveries from one queue to another. */
public interface Switchboard {
    /** Idempotent. */
    void start(String route);

    /** Waits until what the route works on is done. Idempotent. */
    void stop(String route);
}
