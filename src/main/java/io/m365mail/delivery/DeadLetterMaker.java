package io.m365mail.delivery;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.MailLog;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the dead letter of recipients that a transport's server refused for good, and says so in the log. */
final class DeadLetterMaker {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterMaker.class);

    private final Clock clock;
    private final Supplier<String> ids;

    DeadLetterMaker(Clock clock, Supplier<String> ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** @param givenUp how long they were tried, or null where no reply left a hope */
    DeadLetter make(Delivery d, Outcome outcome, List<Outcome.Result> dead, Duration givenUp) {
        Reply first = dead.get(0).reply();
        String reason = (givenUp != null && !first.isPermanent()
                        ? "given up after " + givenUp.toHours() + " h; the last reply was "
                        : "")
                + first;
        String id = ids.get();
        LOG.warn(
                "{}: {} of {} dead{}, {}: {} (./m365-mail dead show {})",
                d.submissionId(),
                count(dead.size()),
                d.transport(),
                d.copy() ? " (a copy or a report: no recipient of the message is concerned)" : "",
                MailLog.named(recipients(dead)),
                reason,
                id);
        return new DeadLetter(
                id,
                clock.instant(),
                d.submissionId(),
                d.source(),
                d.transport(),
                d.envelope().withRecipients(recipients(dead)),
                dead.stream().map(r -> cause(r, outcome.server())).toList(),
                reason,
                d.attempts() + 1,
                d.priority(),
                d.submitterId(),
                d.acceptedAt(),
                d.content(),
                d.copy());
    }

    private static DeadLetter.Cause cause(Outcome.Result r, String server) {
        Reply reply = r.reply();
        return new DeadLetter.Cause(
                r.recipient().address(),
                reply.code(),
                reply.enhanced(),
                reply.text(),
                r.stage().name(),
                server);
    }

    static String count(int recipients) {
        return recipients == 1 ? "1 recipient" : recipients + " recipients";
    }

    static List<Recipient> recipients(List<Outcome.Result> results) {
        return results.stream().map(Outcome.Result::recipient).toList();
    }
}
