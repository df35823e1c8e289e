package io.m365mail.smtp.client;

import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.Arrays;
import java.util.List;

/** The account of one transaction: each recipient is settled once, in whatever order the replies come. */
final class Results {
    private final List<Recipient> recipients;
    private final Outcome.Result[] settled;
    private final String server;
    private int open;

    Results(List<Recipient> recipients, String server) {
        this.recipients = recipients;
        this.settled = new Outcome.Result[recipients.size()];
        this.server = server;
        this.open = settled.length;
    }

    int size() {
        return settled.length;
    }

    /** How many are not settled yet. */
    int openCount() {
        return open;
    }

    boolean complete() {
        return open == 0;
    }

    boolean settled(int index) {
        return settled[index] != null;
    }

    void settle(int index, Stage stage, Reply reply, boolean fromServer, boolean uncertain) {
        if (settled[index] != null) {
            throw new IllegalStateException("recipient " + index + " has two results");
        }
        settled[index] = new Outcome.Result(recipients.get(index), stage, reply, fromServer, uncertain);
        open--;
    }

    /** All that are open get the same. */
    void settleRest(Stage stage, Reply reply, boolean fromServer, boolean uncertain) {
        for (int i = 0; i < settled.length; i++) {
            if (settled[i] == null) {
                settle(i, stage, reply, fromServer, uncertain);
            }
        }
    }

    Outcome rest(Stage stage, Reply reply, boolean fromServer, boolean uncertain) {
        settleRest(stage, reply, fromServer, uncertain);
        return outcome();
    }

    Outcome outcome() {
        return new Outcome(Arrays.asList(settled), server);
    }
}
