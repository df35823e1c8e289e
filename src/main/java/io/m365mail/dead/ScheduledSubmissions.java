package io.m365mail.dead;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m365mail.broker.BrokerAdmin;
import io.m365mail.broker.LargeBodies;
import io.m365mail.broker.MailMessageConverter;
import io.m365mail.broker.Queues;
import io.m365mail.event.IntakeEvents;
import jakarta.jms.ConnectionFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.core.JmsTemplate;

/**
 * The submissions that wait for their time: listed, and cancelled by id. The broker removes a cancelled one from its
 * journal in one step, so after a yes it never leaves; one that the route has taken up by then is not cancelled, and the
 * answer says so. A crash right behind the removal leaves a large body without a message, which costs disk and no more,
 * and the event untold.
 */
public final class ScheduledSubmissions {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledSubmissions.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final BrokerAdmin admin;
    private final LargeBodies bodies;
    private final JmsTemplate jms;
    private final IntakeEvents events;
    private final ObjIntConsumer<String> count;

    /** @param count takes the source of what was cancelled and the number of its recipients */
    public ScheduledSubmissions(
            BrokerAdmin admin,
            LargeBodies bodies,
            ConnectionFactory connections,
            IntakeEvents events,
            ObjIntConsumer<String> count) {
        this.admin = admin;
        this.bodies = bodies;
        this.events = events;
        this.count = count;
        this.jms = new JmsTemplate(connections);
        this.jms.setSessionTransacted(true);
    }

    /**
     * @param id of the submission
     * @param submitterId the submitter's own, or null
     * @param recipients how many
     * @param body the queue of its large body, or null
     */
    public record Waiting(
            String id, String submitterId, String source, String from, int recipients, Instant sendAt, String body) {}

    /** What is due first, first. */
    public List<Waiting> list() {
        List<Waiting> all = new ArrayList<>();
        try {
            for (JsonNode m : JSON.readTree(admin.scheduled(Queues.SCHEDULED))) {
                all.add(new Waiting(
                        m.path(MailMessageConverter.ID).asText(),
                        m.path(MailMessageConverter.SUBMITTER_ID).asText(null),
                        m.path(MailMessageConverter.SOURCE).asText(),
                        m.path(MailMessageConverter.FROM).asText(),
                        m.path(MailMessageConverter.RECIPIENTS).asInt(),
                        Instant.ofEpochMilli(
                                m.path(MailMessageConverter.SCHEDULED).asLong()),
                        m.path(MailMessageConverter.BODY).asText(null)));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The broker's list of scheduled messages is no JSON", e);
        }
        all.sort(Comparator.comparing(Waiting::sendAt));
        return all;
    }

    /**
     * Cancels a submission by our id or by its submitter's.
     *
     * @return how many were cancelled: 0 where there is none, or it has left
     */
    public int cancel(String id) {
        int cancelled = 0;
        for (Waiting w : list()) {
            if (w.id().equals(id) || id.equals(w.submitterId())) {
                cancelled += remove(w);
            }
        }
        return cancelled;
    }

    private int remove(Waiting w) {
        String filter = MailMessageConverter.ID + " = " + BrokerAdmin.quoted(w.id());
        if (admin.remove(Queues.SCHEDULED, filter) == 0) {
            return 0;
        }
        LOG.info("{}: cancelled before {}", w.id(), w.sendAt());
        count.accept(w.source(), w.recipients());
        events.cancelled(w.id(), w.submitterId(), w.source());
        if (w.body() != null) {
            jms.execute(
                    session -> {
                        bodies.release(session, w.body());
                        session.commit();
                        return null;
                    },
                    true);
        }
        return 1;
    }
}
