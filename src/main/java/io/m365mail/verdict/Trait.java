package io.m365mail.verdict;

/** What a row says beside its verdict. In the file in lower case with dashes: {@code external-only}. */
public enum Trait {
    /** PARK: only mail to external recipients waits, internal mail goes on. */
    EXTERNAL_ONLY("only mail to external recipients"),
    /** PARK: only mail of this sender's domain waits. */
    SENDER_DOMAIN("only mail of this sender's domain"),
    /** The fault lies with the one recipient domain; nothing else is to be slowed down by it. */
    DOMAIN("concerns this recipient domain only"),
    /** SPLIT: the rest goes in one transaction for each recipient domain. */
    ONE_DOMAIN("one transaction for each recipient domain"),
    /** A verdict of death that is given only if the reply comes again after one delayed retry ({@link Row#pause()}). */
    ONCE("only after one more try"),
    /** HOLD: a reply to one message is no proof; the same reply for a second sender is. Until then RETRY. */
    NEEDS_TWO_SENDERS("only when a second sender gets the same reply, until then tried again later"),
    /** RECONNECT: holds on a connection that had been kept open; on a fresh one it is RETRY. */
    REUSED_CONNECTION("only if the connection had been kept open, on a new one tried again later"),
    /** RETRY: not the fault of the message; the try does not count as an attempt. */
    NO_ATTEMPT("does not count as an attempt"),
    /** RETRY: fewer connections on this transport until some minutes have been good. */
    SLOW_DOWN("send more slowly"),
    /** RETRY: over IPv4, as direct-send and relay always connect. */
    IPV4("over IPv4"),
    /** RETRY: with a new token. */
    REFRESH_TOKEN("with a new token"),
    /** An administrator has to do something. */
    ALERT("raise an alarm"),
    /** An administrator has to do something if it goes on. */
    ALERT_IF_REPEATED("raise an alarm if it repeats"),
    /** Known from bounces; on the connection it is not expected. */
    BOUNCE("seen in bounces"),
    /** Our own words for a failure, no server's. */
    OWN("our own words"),
    /** A positive reply that ends a step, not the transaction. */
    STEP("a step on the way"),
    /** Gives way to any row without this trait that holds too. */
    GENERAL("in general"),
    /** For replies that no other row knows. */
    FALLBACK("all others");

    private final String words;

    Trait(String words) {
        this.words = words;
    }

    /** In plain words, to stand after a verdict. */
    public String words() {
        return words;
    }
}
