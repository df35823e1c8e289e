package io.m365mail.transport;

import io.m365mail.config.TransportConfig;
import io.m365mail.config.TransportRules;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps back what a transport cannot carry, so that it is not even tried: the choice of the transport looked already, but
 * a delivery may come from a time with another configuration, by hand, or by a route of the user's own.
 */
final class BeforeSending {
    private final Envelope envelope;
    private final Map<Recipient, Reply> refused = new HashMap<>();
    private final Stage stage;

    private BeforeSending(Envelope envelope, Stage stage) {
        this.envelope = envelope;
        this.stage = stage;
    }

    static BeforeSending look(TransportConfig transport, Envelope envelope) {
        String sender = TransportRules.senderProblem(transport, envelope.from());
        var look = new BeforeSending(envelope, sender == null ? Stage.RCPT : Stage.MAIL);
        for (Recipient r : envelope.recipients()) {
            String problem = sender != null ? sender : TransportRules.recipientProblem(transport, r.address());
            if (problem != null) {
                look.refused.put(r, new Reply(550, "5.7.1", "not sent: " + problem));
            }
        }
        return look;
    }

    boolean allRefused() {
        return envelope.recipients().stream().allMatch(refused::containsKey);
    }

    /** The envelope with the recipients that may go. */
    Envelope open() {
        return refused.isEmpty()
                ? envelope
                : envelope.withRecipients(envelope.recipients().stream()
                        .filter(r -> !refused.containsKey(r))
                        .toList());
    }

    /**
     * The outcome for all recipients, in the envelope's order.
     *
     * @param sent for those that went, or null where none did
     */
    Outcome with(Outcome sent, String server) {
        if (refused.isEmpty()) {
            return sent;
        }
        var went = sent == null
                ? List.<Outcome.Result>of().iterator()
                : sent.results().iterator();
        List<Outcome.Result> all = new ArrayList<>();
        for (Recipient r : envelope.recipients()) {
            Reply reply = refused.get(r);
            all.add(reply == null ? went.next() : new Outcome.Result(r, stage, reply, false, false));
        }
        return new Outcome(all, sent == null ? server : sent.server());
    }
}
