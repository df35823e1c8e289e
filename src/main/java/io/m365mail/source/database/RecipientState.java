package io.m365mail.source.database;

import io.m365mail.event.MailEvent;

/**
 * What became of one recipient.
 *
 * @param status see {@link Status}
 * @param detail the server's reply, or null
 */
record RecipientState(Status status, String detail) {
    /**
     * In the order in which one may follow another: what is told late or twice never undoes what is known. A dead recipient
     * may still be delivered to, when its dead letter is replayed.
     */
    enum Status {
        ACCEPTED,
        DEAD,
        SENT,
        BOUNCED;

        /** The status that an event means for its recipients; null where it changes none. */
        static Status of(String event) {
            return switch (event) {
                case MailEvent.ACCEPTED -> ACCEPTED;
                case MailEvent.DELIVERED -> SENT;
                case MailEvent.DEAD -> DEAD;
                case MailEvent.BOUNCED -> BOUNCED;
                default -> null;
            };
        }
    }

    static final RecipientState OPEN = new RecipientState(Status.ACCEPTED, null);

    /** Whether this may take the place of what is known; that it is the same again changes nothing. */
    boolean follows(RecipientState known) {
        return known == null || status.compareTo(known.status) > 0;
    }
}
