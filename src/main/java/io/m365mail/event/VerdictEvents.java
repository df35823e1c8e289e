package io.m365mail.event;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells what a transaction on a transport came to, in the transaction that takes the delivery from its queue: one event
 * for each of delivered, deferred and dead, with all recipients it concerns. Goes by what takes the delivery's place: a
 * recipient in a dead letter is dead, one in a delivery is still open, any other is delivered. What waits without an
 * attempt (held, parked, no room in the limit) is told of by nobody.
 */
public final class VerdictEvents {
    private static final int MAX_MESSAGE_ID = 300;

    private final EventPublisher publisher;
    private final Clock clock;

    public VerdictEvents(EventPublisher publisher, Clock clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /** @param next the {@link Delivery}s and {@link DeadLetter}s that take the delivery's place */
    public void tell(Delivery delivery, Outcome outcome, List<Object> next) {
        if (!publisher.wanted(delivery.source())) {
            return;
        }
        Map<String, String> fate = new HashMap<>();
        for (Object o : next) {
            if (o instanceof DeadLetter letter) {
                mark(fate, letter.envelope().recipients(), MailEvent.DEAD);
            } else if (o instanceof Delivery open) {
                mark(fate, open.envelope().recipients(), deferred(open, delivery, outcome) ? MailEvent.DEFERRED : "");
            }
        }
        for (String type : new String[] {MailEvent.DELIVERED, MailEvent.DEFERRED, MailEvent.DEAD}) {
            var to = new ArrayList<MailEvent.To>();
            for (Outcome.Result r : outcome.results()) {
                String address = r.recipient().address();
                if (fate.getOrDefault(address, MailEvent.DELIVERED).equals(type)) {
                    to.add(new MailEvent.To(
                            address, delivery.transport(), r.reply().toString()));
                }
            }
            if (!to.isEmpty()) {
                var event = new MailEvent(
                        type,
                        delivery.submissionId(),
                        delivery.submitterId(),
                        delivery.source(),
                        delivery.transport(),
                        MailEvent.time(clock.instant()),
                        null,
                        to);
                publisher.publish(event);
                if (type.equals(MailEvent.DELIVERED) && publisher.remembers()) {
                    publisher.sent(event, messageId(delivery.content()));
                }
            }
        }
    }

    /** Null for a large message, which lies in the broker: there its id field alone tells which one bounced. */
    private static String messageId(MailContent content) {
        if (content.size() > MailContent.LARGE) {
            return null;
        }
        try {
            return HeaderBlock.parse(content)
                    .first("Message-ID")
                    .map(f -> f.unfolded().strip())
                    .filter(id -> id.length() <= MAX_MESSAGE_ID)
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mark(Map<String, String> fate, List<Recipient> recipients, String type) {
        recipients.forEach(r -> fate.put(r.address(), type));
    }

    /** Put off because of a reply of this transaction, and not merely taken up again. */
    private static boolean deferred(Delivery open, Delivery before, Outcome outcome) {
        return open.notBefore() != null
                && open.transport().equals(before.transport())
                && outcome.results().stream().anyMatch(r -> r.reply().toString().equals(open.lastReply()));
    }
}
