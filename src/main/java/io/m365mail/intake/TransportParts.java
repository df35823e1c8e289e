package io.m365mail.intake;

import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.SenderRewrite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message as a transport sends it: in parts of {@code recipients-per-message}, and with the mailbox as its sender where
 * {@code rewrite=from} says so.
 */
public final class TransportParts {
    private static final Logger LOG = LoggerFactory.getLogger(TransportParts.class);

    /** One transaction. */
    public record Part(Envelope envelope, MailContent content) {}

    /** @param id of the submission, for the log */
    public List<Part> of(TransportConfig transport, String id, Envelope envelope, MailContent content) {
        Envelope as = envelope;
        MailContent bytes = content;
        if (transport instanceof TransportConfig.SmtpAuth auth && auth.rewriteFrom()) {
            as = envelope.withFrom(auth.mailbox());
            bytes = rewritten(auth, id, content);
        }
        List<Part> parts = new ArrayList<>();
        for (List<Recipient> some : Transactions.of(as.recipients(), transport.limits())) {
            parts.add(new Part(as.withRecipients(some), bytes));
        }
        return parts;
    }

    private static MailContent rewritten(TransportConfig.SmtpAuth auth, String id, MailContent content) {
        try {
            SenderRewrite.Result result = SenderRewrite.rewrite(content, auth.mailbox());
            if (result.status() == SenderRewrite.Status.SKIPPED_SIGNED) {
                LOG.info("{}: sender not rewritten for transport {}, {}", id, auth.name(), result.detail());
            }
            return result.content();
        } catch (IOException e) {
            throw new UncheckedIOException("The stored message cannot be read", e);
        }
    }
}
