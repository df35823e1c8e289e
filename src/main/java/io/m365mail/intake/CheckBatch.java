package io.m365mail.intake;

import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.rewrite.RewriteMessage;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes each submission of a batch through the intake up to its transports and throws the result away: what would be
 * refused is refused before the transaction of the others begins.
 */
public final class CheckBatch implements Processor {
    private final RewriteMessage rewrite;
    private final CheckSubmission check;
    private final EnrichMessage enrich;
    private final ChooseTransports choose;

    public CheckBatch(RewriteMessage rewrite, CheckSubmission check, EnrichMessage enrich, ChooseTransports choose) {
        this.rewrite = rewrite;
        this.check = check;
        this.enrich = enrich;
        this.choose = choose;
    }

    /** @throws RefusedMessageException the first refusal, with the number of the submission it is about */
    @Override
    public void process(Exchange exchange) throws IOException, RefusedMessageException {
        var batch = (SubmissionBatch) exchange.getMessage().getBody();
        int number = 1;
        for (Submission s : batch.submissions()) {
            try {
                exchange.removeProperty(EnrichMessage.SUBMISSION_ID);
                choose.choose(enrich.enrich(check.check(rewrite.tried(s)), exchange));
            } catch (RefusedMessageException e) {
                throw new RefusedMessageException(
                        e.code(), e.enhanced(), "Message " + number + " of the batch: " + e.getMessage());
            }
            number++;
        }
        // Each submission gets its own when it is accepted.
        exchange.removeProperty(EnrichMessage.SUBMISSION_ID);
        exchange.setProperty(OnceOnly.KEY, batch.onceKey());
    }
}
