package io.m365mail.intake;

import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.rewrite.RewriteMessage;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The rewrite rules as a step of the intake, before anything is checked: the sender and recipients that are checked are
 * those that the message will have. What is refused later is kept as it was handed in.
 */
public final class RewriteSubmission implements Processor {
    private final RewriteMessage rewrite;

    public RewriteSubmission(RewriteMessage rewrite) {
        this.rewrite = rewrite;
    }

    /** The body is a {@link Submission}, before and after. */
    @Override
    public void process(Exchange exchange) throws IOException, RefusedMessageException {
        var submission = (Submission) exchange.getMessage().getBody();
        exchange.setProperty(CheckSubmission.SUBMISSION, submission);
        exchange.getMessage().setBody(rewrite.rewrite(submission));
    }
}
