package io.m365mail.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks a broker that others run. It counts what is ready and what is being sent by itself; what waits for its time it can
 * only list, so that is asked for where the list is not long.
 */
public final class OpenInExternalBroker implements OpenRecipients {
    /** Some 500 bytes of JSON each. */
    private static final long LISTED_AT_MOST = 5_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final BrokerAdmin admin;
    private final Set<String> known;

    /** @param known the queues of the configured transports; others are asked for where we may */
    public OpenInExternalBroker(BrokerAdmin admin, Collection<String> known) {
        this.admin = admin;
        this.known = Set.copyOf(known);
    }

    @Override
    public Sum sum() {
        Set<String> queues = new TreeSet<>(known);
        queues.add(Queues.SCHEDULED);
        queues.addAll(admin.queueNames(Queues.TRANSPORT_PREFIX));
        return queues.stream().filter(Queues::holdRecipients).map(this::in).reduce(Sum.NONE, Sum::plus);
    }

    private Sum in(String queue) {
        BrokerAdmin.Depth depth = admin.depth(queue);
        if (depth == null || depth.total() == 0) {
            return Sum.NONE;
        }
        return of(depth.ready(), counted(queue, depth.ready(), false))
                .plus(of(depth.inDelivery(), counted(queue, depth.inDelivery(), true)))
                .plus(of(depth.scheduled(), listed(queue, depth.scheduled())));
    }

    private Map<Long, Long> counted(String queue, long messages, boolean inDelivery) {
        Map<Long, Long> seen = new HashMap<>();
        if (messages > 0) {
            json(admin.countBy(queue, MailMessageConverter.RECIPIENTS, inDelivery))
                    .properties()
                    .forEach(
                            e -> seen.put(Long.valueOf(e.getKey()), e.getValue().asLong()));
        }
        return seen;
    }

    private Map<Long, Long> listed(String queue, long messages) {
        Map<Long, Long> seen = new HashMap<>();
        if (messages > 0 && messages <= LISTED_AT_MOST) {
            for (JsonNode message : json(admin.scheduled(queue))) {
                if (message.has(MailMessageConverter.RECIPIENTS)) {
                    seen.merge(message.path(MailMessageConverter.RECIPIENTS).asLong(), 1L, Long::sum);
                }
            }
        }
        return seen;
    }

    private static JsonNode json(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The broker's count of messages is no JSON", e);
        }
    }

    /** @param seen messages by their number of recipients */
    private static Sum of(long messages, Map<Long, Long> seen) {
        long unseen = messages;
        long recipients = 0;
        for (Map.Entry<Long, Long> e : seen.entrySet()) {
            unseen -= e.getValue();
            recipients += e.getKey() * e.getValue();
        }
        return new Sum(recipients + Math.max(0, unseen), unseen == 0);
    }
}
