package io.m365mail.bounce;

import io.m365mail.event.EventPublisher;
import io.m365mail.event.MailEvent;
import io.m365mail.store.Store;
import jakarta.jms.JMSException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.jms.JmsMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ErrorHandler;

/**
 * Which recipients of which submission a server has taken, for {@link #KEPT}: what a bounce may be about. It lies in the
 * store and follows the {@code delivered} events through a durable queue, so that nothing is lost between the two, and is
 * kept only where a mailbox source looks for bounces.
 */
public final class SentRegister implements ErrorHandler {
    /** Exchange Online gives up after 24 hours, most other servers after five days. */
    static final Duration KEPT = Duration.ofDays(14);

    private static final Logger LOG = LoggerFactory.getLogger(SentRegister.class);
    private static final Duration SWEEP = Duration.ofHours(1);

    private final Store store;
    private final Clock clock;
    private long nextSweep;
    private volatile boolean trouble;

    public SentRegister(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * A recipient as it was sent to.
     *
     * @param bounced it has come back before
     */
    record Sent(
            String submissionId,
            String address,
            String source,
            String submitterId,
            String transport,
            boolean bounced) {}

    /** Notes a delivered event. The same once more changes nothing. */
    public void remember(Exchange exchange) throws SQLException, JMSException {
        remember(
                MailEvent.parse(exchange.getMessage().getBody(String.class)),
                exchange.getIn(JmsMessage.class).getJmsMessage().getStringProperty(EventPublisher.MESSAGE_ID));
    }

    /** @param messageId of the message, or null */
    void remember(MailEvent delivered, String messageId) throws SQLException {
        long now = clock.millis();
        store.transaction(c -> {
            for (MailEvent.To to : delivered.recipients()) {
                Store.update(
                        c,
                        "INSERT INTO m365_sent (submission_id, address, source, submitter_id, transport, message_id,"
                                + " sent_at, bounced_at) SELECT CAST(? AS VARCHAR(64)), CAST(? AS VARCHAR(320)),"
                                + " CAST(? AS VARCHAR(200)), CAST(? AS VARCHAR(1000)), CAST(? AS VARCHAR(200)),"
                                + " CAST(? AS VARCHAR(300)), CAST(? AS BIGINT), CAST(0 AS BIGINT)"
                                + " WHERE NOT EXISTS (SELECT 1 FROM m365_sent WHERE submission_id = ? AND address = ?)",
                        delivered.submissionId(),
                        to.address(),
                        delivered.source(),
                        text(delivered.submitterId()),
                        text(to.transport()),
                        text(messageId),
                        now,
                        delivered.submissionId(),
                        to.address());
            }
            return null;
        });
        trouble = false;
        sweep(now);
    }

    /** The store is away: the event stays in its queue, and that is said once. */
    @Override
    public void handleError(Throwable t) {
        if (!trouble) {
            LOG.warn("What was delivered cannot be noted for now, and it is tried again: {}", t.getMessage());
        }
        trouble = true;
        LOG.debug("not noted", t);
    }

    /** All recipients of the submission that a report names, by our id or by its Message-ID; empty for none of ours. */
    List<Sent> find(DeliveryReport report) throws SQLException {
        for (String id : report.submissionIds()) {
            List<Sent> found = select("submission_id = ?", id);
            if (!found.isEmpty()) {
                return found;
            }
        }
        for (String id : report.messageIds()) {
            List<Sent> found = select("message_id = ?", id);
            // Some devices give all their messages the same Message-ID.
            if (found.stream().map(Sent::submissionId).distinct().count() == 1) {
                return found;
            }
        }
        return List.of();
    }

    private List<Sent> select(String where, String value) throws SQLException {
        return store.transaction(c -> {
            try (PreparedStatement statement =
                    c.prepareStatement("SELECT submission_id, address, source, submitter_id, transport, bounced_at"
                            + " FROM m365_sent WHERE " + where)) {
                statement.setString(1, value);
                return rows(statement);
            }
        });
    }

    private static List<Sent> rows(PreparedStatement statement) throws SQLException {
        var found = new ArrayList<Sent>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(new Sent(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        emptyToNull(row.getString(4)),
                        emptyToNull(row.getString(5)),
                        row.getLong(6) > 0));
            }
        }
        return found;
    }

    /** From now on these have come back. */
    void bounced(List<Sent> recipients) throws SQLException {
        store.transaction(c -> {
            for (Sent s : recipients) {
                Store.update(
                        c,
                        "UPDATE m365_sent SET bounced_at = ? WHERE submission_id = ? AND address = ?",
                        clock.millis(),
                        s.submissionId(),
                        s.address());
            }
            return null;
        });
    }

    private synchronized void sweep(long now) throws SQLException {
        if (now >= nextSweep) {
            nextSweep = now + SWEEP.toMillis();
            int gone = store.transaction(
                    c -> Store.update(c, "DELETE FROM m365_sent WHERE sent_at < ?", now - KEPT.toMillis()));
            LOG.debug("forgot {} recipients that were sent to more than {} ago", gone, KEPT);
        }
    }

    /** PostgreSQL keeps no NUL, and what a submitter made up must not hold up what was delivered. */
    private static String text(String value) {
        return value == null ? "" : value.replace("\0", "");
    }

    private static String emptyToNull(String value) {
        return value == null || value.isEmpty() ? null : value;
    }
}
