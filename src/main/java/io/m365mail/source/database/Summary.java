package io.m365mail.source.database;

import io.m365mail.source.database.RecipientState.Status;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The status of a row as it follows from its recipients': ACCEPTED while one is open, SENT when all are sent, PARTIAL when
 * some are, else DEAD, or BOUNCED where one came back.
 *
 * @param detail for people: the reply to a single recipient, else who did not get it and why
 */
record Summary(String status, String detail) {
    private static final int SHOWN = 20;

    static Summary of(Map<String, RecipientState> states, int length) {
        long open = count(states.values(), Status.ACCEPTED);
        long sent = count(states.values(), Status.SENT);
        String status;
        if (open > 0) {
            status = "ACCEPTED";
        } else if (sent == states.size()) {
            status = "SENT";
        } else if (sent > 0) {
            status = "PARTIAL";
        } else {
            status = count(states.values(), Status.BOUNCED) > 0 ? "BOUNCED" : "DEAD";
        }
        return new Summary(status, clip(detail(states, open, sent), length));
    }

    private static String detail(Map<String, RecipientState> states, long open, long sent) {
        if (states.size() == 1) {
            return states.values().iterator().next().detail();
        }
        String counts = sent + " of " + states.size() + " recipients sent" + (open > 0 ? ", " + open + " open" : "");
        String failed = states.entrySet().stream()
                .filter(e ->
                        e.getValue().status() == Status.DEAD || e.getValue().status() == Status.BOUNCED)
                .limit(SHOWN)
                .map(e -> e.getKey() + ": " + e.getValue().detail())
                .collect(Collectors.joining("; "));
        return failed.isEmpty() ? counts : counts + "; " + failed;
    }

    private static long count(Collection<RecipientState> states, Status status) {
        return states.stream().filter(s -> s.status() == status).count();
    }

    static String clip(String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length - 3) + "...";
    }
}
