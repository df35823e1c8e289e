package io.m365mail.intake;

import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Queued;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Scheduled;
import io.m365mail.mail.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Makes the deliveries of a submission: one for each transport that carries some of its recipients, more where these are
 * too many for one transaction ({@link Transactions}), and copies for the existing server where {@code copy-to} asks.
 */
public final class ChooseTransports implements Processor {
    private final TransportChoice choice;
    private final Copies copies;
    private final SubmissionIds ids;
    private final TransportParts parts = new TransportParts();

    public ChooseTransports(TransportChoice choice, Copies copies, SubmissionIds ids) {
        this.choice = choice;
        this.copies = copies;
        this.ids = ids;
    }

    /** The body is a {@link Draft} and becomes the list of what is queued for it. */
    @Override
    public void process(Exchange exchange) throws RefusedMessageException {
        Draft draft = (Draft) exchange.getMessage().getBody();
        exchange.setProperty(AcceptedCounts.RECEIVED_FROM, draft.submission().receivedFrom());
        exchange.getMessage().setBody(choose(draft));
    }

    /**
     * The deliveries; for a submission whose time has not come, itself, to be asked about again then.
     *
     * @throws RefusedMessageException 550 5.7.1 where a recipient has no transport: nothing is accepted then
     */
    public List<? extends Queued> choose(Draft draft) throws RefusedMessageException {
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
        Map<String, Part> carried = new LinkedHashMap<>();
        int count = s.envelope().recipients().size();
        for (Recipient r : s.envelope().recipients()) {
            TransportChoice.Chosen chosen =
                    choice.choose(s.source(), s.envelope().from(), r.address(), s.priority(), count);
            if (chosen.transport() == null) {
                throw new RefusedMessageException(550, "5.7.1", chosen.reason());
            }
            TransportConfig transport = chosen.transport();
            carried.computeIfAbsent(transport.name(), n -> new Part(transport, new ArrayList<>()))
                    .recipients()
                    .add(r);
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (Part part : carried.values()) {
            split(draft, part.transport(), part.recipients(), deliveries);
        }
        copies(draft, carried.values(), deliveries);
        return deliveries;
    }

    /** The recipients that one transport carries. */
    private record Part(TransportConfig transport, List<Recipient> recipients) {}

    private void split(Draft draft, TransportConfig transport, List<Recipient> all, List<Delivery> into)
            throws RefusedMessageException {
        MailContent content = draft.content();
        long limit = transport.limits().maxMessageSize();
        if (limit > 0 && content.size() > limit) {
            throw new RefusedMessageException(
                    552,
                    "5.3.4",
                    "The message has " + content.size() + " bytes, transport " + transport.name() + " carries " + limit
                            + " (m365.transport." + transport.name() + ".max-message-size)");
        }
        Envelope envelope = draft.submission().envelope().withRecipients(all);
        for (TransportParts.Part part : parts.of(transport, draft.id(), envelope, content)) {
            into.add(delivery(draft, transport, part));
        }
    }

    private Delivery delivery(Draft draft, TransportConfig transport, TransportParts.Part part) {
        Submission s = draft.submission();
        return new Delivery(
                ids.next(),
                draft.id(),
                s.source(),
                transport.name(),
                part.envelope(),
                part.content(),
                s.priority(),
                s.submitterId(),
                s.receivedAt(),
                0,
                null,
                null,
                Duration.ZERO);
    }

    /** Whatever becomes of a copy, the message itself is not concerned: not even its size is checked here. */
    private void copies(Draft draft, Collection<Part> carried, List<Delivery> into) {
        Map<TransportConfig, List<Recipient>> byServer = new LinkedHashMap<>();
        for (Part part : carried) {
            TransportConfig server = copies.serverOf(part.transport());
            if (server != null) {
                List<Recipient> to = byServer.computeIfAbsent(server, n -> new ArrayList<>());
                copies.recipients(part.transport(), part.recipients()).stream()
                        .filter(r -> !to.contains(r))
                        .forEach(to::add);
            }
        }
        byServer.forEach((server, to) -> {
            Envelope e = draft.submission().envelope();
            Envelope envelope = new Envelope(e.from(), to, e.smtpUtf8(), e.eightBit(), null, null);
            parts.of(server, draft.id(), envelope, draft.content())
                    .forEach(p -> into.add(delivery(draft, server, p).asCopy()));
        });
    }
}
