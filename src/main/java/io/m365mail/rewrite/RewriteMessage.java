package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import io.m365mail.mail.DisplayText;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the rewrite rules to a submission of whatever source, before it is checked and its transport chosen. Envelope
 * first; then header and body, unless the message is signed: then it says so, in the log and in a trace header in front,
 * which touches no signature. Without a rule that matches, the submission goes through untouched and unread.
 */
public final class RewriteMessage {
    /** Says what was not done to a message. */
    public static final String TRACE_HEADER = "X-M365-Rewrite";

    private static final Logger LOG = LoggerFactory.getLogger(RewriteMessage.class);
    private static final int SHOWN = 120;

    private final RewriteRules rules;

    public RewriteMessage(RewriteRules rules) {
        this.rules = rules;
    }

    /** @throws RefusedMessageException 552 5.3.4 for too large a header */
    public Submission rewrite(Submission submission) throws IOException, RefusedMessageException {
        return apply(submission, true);
    }

    /** The same for a try that is thrown away: it is not logged. */
    public Submission tried(Submission submission) throws IOException, RefusedMessageException {
        return apply(submission, false);
    }

    private Submission apply(Submission submission, boolean logged) throws IOException, RefusedMessageException {
        if (rules.isEmpty()) {
            return submission;
        }
        Envelope said = submission.envelope();
        Matching matching = rules.matching(submission.source(), submission.client(), said.from());
        if (matching.isEmpty()) {
            return submission;
        }
        Envelope envelope =
                matching.envelope(said, said.from().isEmpty() && Reports.is(HeaderBlock.parse(submission.content())));
        Submission now = submission.withEnvelope(envelope);
        List<RewriteRule> ofContent = matching.ofContent(envelope.recipients());
        return ofContent.isEmpty() || submission.content().size() == 0
                ? now
                : content(now, ofContent, matching.impossible(), logged);
    }

    private static Submission content(
            Submission s, List<RewriteRule> rules, ImpossibleSender impossible, boolean logged)
            throws IOException, RefusedMessageException {
        HeaderBlock header = HeaderBlock.parse(s.content());
        ContentRewrite.Result result = new ContentRewrite(rules, impossible).apply(header);
        if (result.signature() != null) {
            String numbers =
                    String.join(", ", rules.stream().map(r -> "" + r.number()).toList());
            if (logged) {
                LOG.info(
                        "{}: header and body of {} stay as they are, rewrite rule {} is skipped: signed ({})",
                        s.source(),
                        shown(header),
                        numbers,
                        result.signature());
            }
            String field = TRACE_HEADER + ": skipped; rule=" + numbers + "; signed (" + result.signature() + ")\r\n";
            return s.withContent(header.edit().prepend(HeaderText.bytes(field)).toContent());
        }
        if (logged && !result.notes().isEmpty()) {
            LOG.info("{}: {}: {}", s.source(), shown(header), String.join("; ", result.notes()));
        }
        return s.withContent(result.content());
    }

    private static String shown(HeaderBlock header) {
        String id = DisplayText.decode(
                header.first("Message-ID").map(HeaderField::unfolded).orElse("a message without Message-ID"));
        return id.length() <= SHOWN ? id : id.substring(0, SHOWN) + "...";
    }
}
