package io.m365mail.limit;

import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One try to count a send. Runs in the ledger's transaction, one at a time for each limit over all instances. */
final class Attempt implements SendLedger.Decision {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final SendAccount account;
    private final int perDay;
    private final int recipients;
    private final boolean ticket;
    private boolean counted;
    private boolean dayUsedUp;

    /** @param ticket whether the send takes up the ticket of a place */
    Attempt(SendAccount account, int perDay, int recipients, boolean ticket) {
        this.account = account;
        this.perDay = perDay;
        this.recipients = recipients;
        this.ticket = ticket;
    }

    @Override
    public Long on(SendLedger.View view, SendLedger.DayFrees dayFrees) throws SQLException {
        long wait = account.wait(view);
        if (wait > 0) {
            return wait;
        }
        long excess = view.day() + recipients - perDay;
        if (perDay > 0 && excess > 0) {
            if (recipients > perDay) {
                LOG.warn(
                        "a send with {} recipients never fits {} a day: lower limits.recipients-per-message",
                        recipients,
                        perDay);
            }
            dayUsedUp = view.day() >= perDay;
            return dayFrees.after(excess);
        }
        account.count(ticket);
        counted = true;
        return null;
    }

    /** It was counted in memory, whatever became of the transaction. */
    boolean counted() {
        return counted;
    }

    /** Not one recipient more fits into the day. */
    boolean dayUsedUp() {
        return dayUsedUp;
    }
}
