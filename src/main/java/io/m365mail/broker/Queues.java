package io.m365mail.broker;

/** The names of our addresses in the broker: part of the contract with the outside, so they stand in one place. */
public final class Queues {
    /** Submissions of line-of-business systems. */
    public static final String SUBMIT = "m365.submit";
    /** Dead letters. */
    public static final String DEAD = "m365.dead";
    /** What happened to each message, for whoever listens (multicast). */
    public static final String EVENTS = "m365.events";
    /** Accepted submissions that are not due yet. */
    public static final String SCHEDULED = "m365.scheduled";
    /** Markers of submissions that are accepted once only; an address without a queue. */
    public static final String ONCE = "m365.once";
    /** Large bodies: one queue with the body and one with a token for each delivery or dead letter that needs it. */
    public static final String BODY_PREFIX = "m365.body.";
    /** Deliveries, one queue for each transport. */
    public static final String TRANSPORT_PREFIX = "m365.transport.";

    /** What became of the submissions of a source that reports back to its submitter, one queue for each such source. */
    public static final String OUTCOME_PREFIX = "m365.outcome.";
    /** Deliveries to external recipients while the tenant's limit for them is used up. No name has a dot in it. */
    public static String external(String transport) {
        return TRANSPORT_PREFIX + transport + ".external";
    }

    /** Deliveries that no other transport may take over while their own is down: copies, and those that the server may have. */
    public static String kept(String transport) {
        return TRANSPORT_PREFIX + transport + ".kept";
    }

    /** Deliveries that were made, on their way into the register of what may bounce. */
    public static final String SENT = "m365.sent";

    /** True for the queues whose messages stand for recipients that were accepted and are neither delivered nor dead. */
    static boolean holdRecipients(String queue) {
        return queue.startsWith(TRANSPORT_PREFIX) || queue.equals(SCHEDULED);
    }

    private Queues() {}
}
