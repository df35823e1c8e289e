package io.m365mail.smtp;

import io.m365mail.mail.Recipient;
import java.util.List;

/**
 * What one transaction came to, recipient by recipient. Each recipient of the delivery stands in it exactly once.
 *
 * @param results in the order of the envelope
 * @param server the host name and port that answered, for the log and the dead letter
 */
public record Outcome(List<Result> results, String server) {
    public Outcome {
        results = List.copyOf(results);
    }

    /**
     * @param recipient whom it concerns
     * @param stage where the reply was given
     * @param reply the server's words; where the connection broke, {@code 421 4.4.2} with our own description, and
     *     {@code fromServer} false
     * @param fromServer false where the reply is our own description of a failure
     * @param uncertain true where the connection was lost after the final dot: the server may have taken the message
     */
    public record Result(Recipient recipient, Stage stage, Reply reply, boolean fromServer, boolean uncertain) {}

    /** The same result for each of {@code recipients}: a failure before any of them was named. */
    public static Outcome all(List<Recipient> recipients, Stage stage, Reply reply, boolean fromServer, String server) {
        return new Outcome(
                recipients.stream()
                        .map(r -> new Result(r, stage, reply, fromServer, false))
                        .toList(),
                server);
    }

    public boolean delivered() {
        return results.stream().allMatch(r -> r.reply().isPositive());
    }
}
