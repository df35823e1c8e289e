package io.m365mail.intake;

import io.m365mail.mail.Enrichment;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import org.apache.camel.Exchange;

/** Gives a submission its id and its trace headers; from here on its bytes, Message-ID and Date are frozen. */
public final class EnrichMessage {
    /**
     * The exchange property with the submission's id, for the source's answer. A source that must know the id before it
     * hands the submission over, so that a second try is the same submission, sets it itself.
     */
    public static final String SUBMISSION_ID = "M365SubmissionId";

    private final Enrichment enrichment;
    private final SubmissionIds ids;

    public EnrichMessage(Enrichment enrichment, SubmissionIds ids) {
        this.enrichment = enrichment;
        this.ids = ids;
    }

    public Draft enrich(Submission submission, Exchange exchange) throws IOException, RefusedMessageException {
        String given = exchange.getProperty(SUBMISSION_ID, String.class);
        String id = given != null ? given : ids.next();
        exchange.setProperty(SUBMISSION_ID, id);
        return new Draft(id, submission, enrichment.enrich(submission, id).content());
    }
}
