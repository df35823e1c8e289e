package io.m365mail.dead;

import io.m365mail.delivery.DeliveryCounts;
import io.m365mail.intake.CheckSubmission;
import io.m365mail.intake.EnrichMessage;
import io.m365mail.intake.KeepLargeBody;
import io.m365mail.intake.OnCommit;
import io.m365mail.intake.WhenDue;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.File;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the dead letter of a message that the intake refused for good, for sources that cannot answer their submitter: a
 * queue, a folder. The route sends it and the source then counts the message as read.
 */
public final class RefusedToDeadLetter {
    /** The exchange property with what a source read, should it not become a submission. */
    public static final String CONTENT = "M365Content";

    /** The exchange property with the submitter's own id, as soon as the source knows it. */
    public static final String SUBMITTER_ID = "M365SubmitterId";

    /** In the counts by transport. */
    private static final String NO_TRANSPORT = "none";

    private static final Logger LOG = LoggerFactory.getLogger(RefusedToDeadLetter.class);

    private final Clock clock;
    private final Supplier<String> ids;
    private final KeepLargeBody keeper;
    private final DeliveryCounts counts;

    /** @param counts told of those that had been accepted before, to be sent later */
    public RefusedToDeadLetter(Clock clock, Supplier<String> ids, KeepLargeBody keeper, DeliveryCounts counts) {
        this.clock = clock;
        this.ids = ids;
        this.keeper = keeper;
        this.counts = counts;
    }

    public DeadLetter letter(Exchange exchange) throws IOException {
        RefusedMessageException refused =
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedMessageException.class);
        Submission submission = exchange.getProperty(CheckSubmission.SUBMISSION, Submission.class);
        String source = exchange.getProperty("M365Source", String.class);
        String id = ids.get();
        String reason = refused.code() + " " + refused.enhanced() + " " + refused.getMessage();
        LOG.warn("source {}: a message is refused and kept as dead letter {}: {}", source, id, reason);
        Instant acceptedAt = exchange.getProperty(WhenDue.ACCEPTED_AT, Instant.class);
        if (acceptedAt != null) {
            int recipients = submission.envelope().recipients().size();
            OnCommit.run(() -> counts.dead(NO_TRANSPORT, recipients));
        }
        return new DeadLetter(
                id,
                clock.instant(),
                acceptedAt == null ? null : exchange.getProperty(EnrichMessage.SUBMISSION_ID, String.class),
                source,
                null,
                submission == null ? Envelope.of("", List.of()) : submission.envelope(),
                List.of(),
                reason,
                0,
                submission == null ? 4 : submission.priority(),
                submission == null ? exchange.getProperty(SUBMITTER_ID, String.class) : submission.submitterId(),
                acceptedAt,
                keeper.keepOne(id, content(exchange, submission)));
    }

    private static MailContent content(Exchange exchange, Submission submission) throws IOException {
        if (submission != null) {
            return submission.content();
        }
        MailContent read = exchange.getProperty(CONTENT, MailContent.class);
        if (read != null) {
            return read;
        }
        return exchange.getIn().getBody() instanceof File file && file.isFile()
                ? MailContent.of(file.toPath())
                : MailContent.of(new byte[0]);
    }
}
