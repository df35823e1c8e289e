package io.m365mail.bounce;

import io.m365mail.event.EventPublisher;
import io.m365mail.event.MailEvent;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a delivery report means for submissions of ours: one event {@code bounced} with the recipients that failed,
 * in the caller's transaction. A report is believed as far as the register goes: a submission that was sent, recipients
 * that it was sent to, each of them once. Whoever forges one can therefore say no more than that somebody who got a
 * message did not. Delays, and reports of success, say nothing new and are taken without an event.
 */
public final class TellBounces {
    private static final Logger LOG = LoggerFactory.getLogger(TellBounces.class);
    private static final String TOLD = "M365Bounced";

    private final SentRegister register;
    private final EventPublisher publisher;
    private final Clock clock;
    private final ObjIntConsumer<String> count;

    /** @param count takes the source of a submission and the number of recipients that came back */
    public TellBounces(SentRegister register, EventPublisher publisher, Clock clock, ObjIntConsumer<String> count) {
        this.register = register;
        this.publisher = publisher;
        this.clock = clock;
        this.count = count;
    }

    /** Returns why the report is nobody's, or null where it is understood; with the recipients for {@link #told}. */
    public String tell(DeliveryReport report, Exchange exchange) throws SQLException {
        List<SentRegister.Sent> sent = register.find(report);
        if (sent.isEmpty()) {
            return "it belongs to no message that was sent from here within " + SentRegister.KEPT.toDays() + " days";
        }
        String id = sent.get(0).submissionId();
        var failed = new LinkedHashMap<SentRegister.Sent, DeliveryReport.Told>();
        boolean known = false;
        for (DeliveryReport.Told told : report.recipients()) {
            SentRegister.Sent recipient = recipient(sent, told);
            known |= recipient != null;
            if (recipient != null && told.failed() && !recipient.bounced()) {
                failed.putIfAbsent(recipient, told);
            }
        }
        if (!known) {
            return "it names submission " + id + ", which was not sent to any of its recipients";
        }
        if (failed.isEmpty()) {
            LOG.info(
                    "submission {}: a report without news ({})",
                    id,
                    report.recipients().get(0).action());
        } else {
            publish(failed, sent.get(0));
        }
        exchange.setProperty(TOLD, List.copyOf(failed.keySet()));
        return null;
    }

    /** After the transaction: they are not told of again, and counted. */
    public void told(Exchange exchange) throws SQLException {
        @SuppressWarnings("unchecked")
        List<SentRegister.Sent> recipients = exchange.getProperty(TOLD, List.class);
        if (recipients != null && !recipients.isEmpty()) {
            register.bounced(recipients);
            count.accept(recipients.get(0).source(), recipients.size());
        }
    }

    private void publish(Map<SentRegister.Sent, DeliveryReport.Told> failed, SentRegister.Sent any) {
        var to = new ArrayList<MailEvent.To>();
        failed.forEach((sent, told) -> {
            LOG.info(
                    "submission {} of source {}: <{}> bounced: {} {}",
                    sent.submissionId(),
                    sent.source(),
                    sent.address(),
                    told.status(),
                    told.reply());
            to.add(new MailEvent.To(sent.address(), sent.transport(), told.reply(), told.status()));
        });
        publisher.publish(new MailEvent(
                MailEvent.BOUNCED,
                any.submissionId(),
                any.submitterId(),
                any.source(),
                any.transport(),
                MailEvent.time(clock.instant()),
                null,
                to));
    }

    private static SentRegister.Sent recipient(List<SentRegister.Sent> sent, DeliveryReport.Told told) {
        return sent.stream()
                .filter(s -> told.addresses().stream().anyMatch(a -> a.equalsIgnoreCase(s.address())))
                .findFirst()
                .orElse(null);
    }
}
