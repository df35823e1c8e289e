package io.m365mail.intake;

import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Queued;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Scheduled;
import io.m365mail.mail.SenderRewrite;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the deliveries of a submission: one for each transport that carries some of its recipients, and more where these
 * are too many for one transaction ({@link Transactions}). A mailbox with {@code rewrite=from} becomes the sender of its deliveries.
 */
public final class ChooseTransports {
    private static final Logger LOG = LoggerFactory.getLogger(ChooseTransports.class);

    private final TransportChoice choice;
    private final SubmissionIds ids;

    public ChooseTransports(TransportChoice choice, SubmissionIds ids) {
        this.choice = choice;
        this.ids = ids;
    }

    /**
     * The deliveries; for a submission whose time has not come, itself, to be asked about again then.
     *
     * @throws RefusedMessageException 550 5.7.1 where a recipient has no transport: nothing is accepted then
     */
    public List<? extends Queued> choose(Draft draft) throws RefusedMessageException, IOException {
        Submission s = draft.submission();
        if (draft.later() != null) {
            return List.of(new Scheduled(
                    draft.id(),
                    s.source(),
                    s.envelope(),
                    draft.content(),
                    s.priority(),
                    s.submitterId(),
                    s.receivedAt(),
                    draft.later()));
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        int count = s.envelope().recipients().size();
        for (Recipient r : s.envelope().recipients()) {
            TransportChoice.Chosen chosen =
                    choice.choose(s.source(), s.envelope().from(), r.address(), s.priority(), count);
            if (chosen.transport() == null) {
                throw new RefusedMessageException(550, "5.7.1", chosen.reason());
            }
            TransportConfig transport = chosen.transport();
            parts.computeIfAbsent(transport.name(), n -> new Part(transport, new ArrayList<>()))
                    .recipients()
                    .add(r);
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (Part part : parts.values()) {
            split(draft, part.transport(), part.recipients(), deliveries);
        }
        return deliveries;
    }

    /** The recipients that one transport carries. */
    private record Part(TransportConfig transport, List<Recipient> recipients) {}

    private void split(Draft draft, TransportConfig transport, List<Recipient> all, List<Delivery> into)
            throws IOException, RefusedMessageException {
        Submission s = draft.submission();
        Envelope envelope = s.envelope();
        MailContent content = draft.content();
        long limit = transport.limits().maxMessageSize();
        if (limit > 0 && content.size() > limit) {
            throw new RefusedMessageException(
                    552,
                    "5.3.4",
                    "The message has " + content.size() + " bytes, transport " + transport.name() + " carries " + limit
                            + " (m365.transport." + transport.name() + ".max-message-size)");
        }
        if (transport instanceof TransportConfig.SmtpAuth auth && auth.rewriteFrom()) {
            envelope = envelope.withFrom(auth.mailbox());
            SenderRewrite.Result rewritten = SenderRewrite.rewrite(content, auth.mailbox());
            content = rewritten.content();
            if (rewritten.status() == SenderRewrite.Status.SKIPPED_SIGNED) {
                LOG.info("{}: sender not rewritten for transport {}, {}", draft.id(), auth.name(), rewritten.detail());
            }
        }
        for (List<Recipient> part : Transactions.of(all, transport.limits())) {
            into.add(new Delivery(
                    ids.next(),
                    draft.id(),
                    s.source(),
                    transport.name(),
                    envelope.withRecipients(part),
                    content,
                    s.priority(),
                    s.submitterId(),
                    s.receivedAt(),
                    0,
                    null,
                    null,
                    Duration.ZERO));
        }
    }
}
