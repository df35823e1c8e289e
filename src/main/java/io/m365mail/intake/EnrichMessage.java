package io.m365mail.intake;

import io.m365mail.mail.Enrichment;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Gives a submission its id and its trace headers; from here on its bytes, Message-ID and Date are frozen. Reads when it
 * is to be sent, from what the source says or else from the field {@code X-M365-Send-At}, which is taken out.
 */
public final class EnrichMessage implements Processor {
    /**
     * The exchange property with the submission's id, for the source's answer. A source that must know the id before it
     * hands the submission over, so that a second try is the same submission, sets it itself.
     */
    public static final String SUBMISSION_ID = "M365SubmissionId";

    private final Enrichment enrichment;
    private final SubmissionIds ids;
    private final Clock clock;

    public EnrichMessage(Enrichment enrichment, SubmissionIds ids, Clock clock) {
        this.enrichment = enrichment;
        this.ids = ids;
        this.clock = clock;
    }

    /** The body is a {@link Submission} and becomes a {@link Draft}. */
    @Override
    public void process(Exchange exchange) throws IOException, RefusedMessageException {
        exchange.getMessage().setBody(enrich((Submission) exchange.getMessage().getBody(), exchange));
    }

    Draft enrich(Submission submission, Exchange exchange) throws IOException, RefusedMessageException {
        String given = exchange.getProperty(SUBMISSION_ID, String.class);
        String id = given != null ? given : ids.next();
        HeaderBlock header = HeaderBlock.parse(submission.content());
        Instant later = SendAt.later(sendAt(submission, header), clock);
        exchange.setProperty(SUBMISSION_ID, id);
        exchange.setProperty(OnceOnly.KEY, submission.onceKey());
        return new Draft(
                id, submission, enrichment.enrich(header, submission, id).content(), later);
    }

    private static Instant sendAt(Submission submission, HeaderBlock header) throws RefusedMessageException {
        if (submission.sendAt() != null) {
            return submission.sendAt();
        }
        return SendAt.parse(
                Enrichment.SEND_AT_HEADER,
                header.first(Enrichment.SEND_AT_HEADER)
                        .map(HeaderField::unfolded)
                        .orElse(null));
    }
}
