package io.m365mail.limit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What servers have answered, until the store has it: many in one transaction. Adding never waits. */
final class Answers {
    private final SendLedger ledger;
    private final ConcurrentLinkedQueue<SendLedger.Reply> unwritten = new ConcurrentLinkedQueue<>();

    Answers(SendLedger ledger) {
        this.ledger = ledger;
    }

    void add(SendLedger.Reply reply) {
        unwritten.add(reply);
    }

    /** Writes what there is; what the store did not take stays. */
    void write() throws SQLException {
        List<SendLedger.Reply> replies = new ArrayList<>();
        for (SendLedger.Reply reply = unwritten.poll(); reply != null; reply = unwritten.poll()) {
            replies.add(reply);
        }
        try {
            if (!replies.isEmpty()) {
                ledger.answered(replies);
            }
        } catch (SQLException | RuntimeException e) {
            unwritten.addAll(replies);
            throw e;
        }
    }
}
