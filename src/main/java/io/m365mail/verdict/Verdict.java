package io.m365mail.verdict;

/** What a reply means for a message, its recipients and the transport. */
public enum Verdict {
    /** Taken over by the server. */
    DELIVERED,
    /** Not now: the recipient is tried again after a growing wait. */
    RETRY,
    /** This connection is of no more use: the same delivery is tried at once over another, no attempt is counted. */
    RECONNECT,
    /** Too many recipients in one transaction: the accepted ones go, the rest are sent at once in another. */
    SPLIT,
    /** The transport's configuration is at fault: its queue waits, an alarm is up, a slow probe tries again. */
    HOLD,
    /** A limit is used up: the transport's queue waits until the window frees. */
    PARK,
    /** This recipient cannot be reached; the others go on. */
    DEAD_RECIPIENT,
    /** This message cannot be sent to anybody. */
    DEAD_MESSAGE
}
