package io.m365mail.intake;

import io.m365mail.broker.LargeBodies;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Scheduled;
import io.m365mail.mail.Submission;
import jakarta.jms.ConnectionFactory;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.springframework.jms.core.JmsTemplate;

/**
 * Takes a scheduled submission up again when it is due: from here on it is like one that was accepted just now, and its
 * lifetime begins. Its token for a large body is given back in the transaction that takes it from its queue.
 */
public final class WhenDue {
    /** The exchange property that says that, and when, what is refused now had been accepted. */
    public static final String ACCEPTED_AT = "M365AcceptedAt";

    private final LargeBodies bodies;
    private final JmsTemplate inTransaction;
    private final Clock clock;

    public WhenDue(LargeBodies bodies, ConnectionFactory connections, Clock clock) {
        this.bodies = bodies;
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
        this.clock = clock;
    }

    public Draft draft(Scheduled scheduled, Exchange exchange) {
        var submission = new Submission(
                scheduled.source(),
                scheduled.envelope(),
                scheduled.content(),
                scheduled.priority(),
                scheduled.submitterId(),
                "",
                clock.instant());
        exchange.setProperty(EnrichMessage.SUBMISSION_ID, scheduled.id());
        exchange.setProperty(CheckSubmission.SUBMISSION, submission);
        exchange.setProperty("M365Source", scheduled.source());
        exchange.setProperty(ACCEPTED_AT, scheduled.acceptedAt());
        if (scheduled.content().size() > MailContent.LARGE) {
            inTransaction.execute(session -> {
                bodies.release(session, scheduled.content());
                return null;
            });
        }
        return new Draft(scheduled.id(), submission, scheduled.content(), null);
    }
}
