package io.m365mail.source.mailbox;

import org.apache.camel.Exchange;

/** What becomes of a message in the mailbox once the route is through with it. An exchange without one was taken. */
enum Fate {
    /** Not for us: a person has to look at it. */
    ASIDE,
    /** Cannot be told yet: it stays as it is and is looked at again. */
    LATER;

    private static final String PROPERTY = "M365MailboxFate";

    void of(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    static boolean isTaken(Exchange exchange) {
        return exchange.getProperty(PROPERTY) == null;
    }

    boolean is(Exchange exchange) {
        return exchange.getProperty(PROPERTY) == this;
    }
}
