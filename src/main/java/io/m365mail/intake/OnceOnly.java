package io.m365mail.intake;

import io.m365mail.broker.Queues;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.core.JmsTemplate;

/**
 * Makes what is handed over twice with the same key one submission. In the transaction of the acceptance it sends two
 * marker messages whose duplicate ids are made of the key and of the present and the next slice of time; the broker keeps
 * the ids with the transaction and commits no later one that has one of them. So a repeat within {@code window} is known,
 * also after a crash and on another instance, and a key used again after twice the window is new. A key of ours is never
 * used again, so it has one marker without a slice: however late the repeat comes, it is known, as long as it is among the
 * broker's last. The markers go to an address without a queue: nothing is stored but the ids.
 *
 * <p>The broker learns an id when its transaction commits, so two repeats at the same moment are kept apart here: between
 * {@link #enter} and {@link #leave} a key is at work once (in this process). The transaction must hold the acceptance
 * alone: it is rolled back for a duplicate, and the source then says yes.
 */
public final class OnceOnly {
    /** The exchange property with the key; without it a submission is new each time. */
    public static final String KEY = "M365OnceKey";

    private static final Logger LOG = LoggerFactory.getLogger(OnceOnly.class);
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    private static final String OURS = "ours\n";
    private static final int REMEMBERED = 10_000;

    private final JmsTemplate inTransaction;
    private final long windowMillis;
    private final Clock clock;
    private final Set<String> atWork = new HashSet<>();
    private final Map<String, First> recent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, First> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record First(String id, long slice) {}

    /** A key whose submission was accepted already. */
    public static final class DuplicateException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** @param window how long a key is remembered at least; at most twice as long */
    public OnceOnly(ConnectionFactory connections, Duration window, Clock clock) {
        this.inTransaction = new JmsTemplate(connections);
        this.inTransaction.setSessionTransacted(true);
        this.windowMillis = window.toMillis();
        this.clock = clock;
    }

    /** The key of a submission that its submitter gave an id. */
    public static String key(String source, String submitterId) {
        return "id\n" + source + "\n" + submitterId;
    }

    /** The key of a submission whose source was given the id by us beforehand, and stored it. */
    public static String ownKey(String submissionId) {
        return OURS + submissionId;
    }

    /**
     * Waits until nobody works on the same key.
     *
     * @throws DuplicateException for one that was accepted a short while ago
     */
    public synchronized void enter(Exchange exchange) throws InterruptedException {
        String key = key(exchange);
        while (!atWork.add(key)) {
            wait();
        }
        First first = recent.get(key);
        if (first != null && slice() - first.slice() <= 1) {
            throw new DuplicateException();
        }
    }

    /** Sends the markers; a duplicate shows when the transaction commits. */
    public void mark(Exchange exchange) {
        List<String> markers = markers(exchange);
        inTransaction.execute(session -> {
            try (MessageProducer producer = session.createProducer(ActiveMQJMSClient.createTopic(Queues.ONCE))) {
                producer.setDeliveryMode(DeliveryMode.PERSISTENT);
                for (String id : markers) {
                    Message marker = session.createMessage();
                    marker.setStringProperty(DUPLICATE_ID, id);
                    producer.send(marker);
                }
            }
            return null;
        });
    }

    private List<String> markers(Exchange exchange) {
        String key = key(exchange);
        if (exchange.getProperty(KEY, String.class).startsWith(OURS)) {
            return List.of(key);
        }
        long slice = slice();
        return List.of(slice + "." + key, (slice + 1) + "." + key);
    }

    /** The transaction with the markers has committed. */
    public synchronized void accepted(Exchange exchange) {
        String id = exchange.getProperty(EnrichMessage.SUBMISSION_ID, String.class);
        recent.put(key(exchange), new First(id, slice()));
    }

    /** It is a duplicate: the source is to say yes, with the id of the first where it is known. */
    public synchronized void duplicate(Exchange exchange) {
        First first = recent.get(key(exchange));
        exchange.setProperty(EnrichMessage.SUBMISSION_ID, first == null ? null : first.id());
        LOG.info(
                "a repeat is answered with yes and not sent again: it is submission {}",
                first == null ? "of an earlier run or of another instance" : first.id());
    }

    public synchronized void leave(Exchange exchange) {
        atWork.remove(key(exchange));
        notifyAll();
    }

    private long slice() {
        return clock.millis() / windowMillis;
    }

    /** Of any length and any characters comes one that fits everywhere. */
    private static String key(Exchange exchange) {
        try {
            byte[] text = exchange.getProperty(KEY, String.class).getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
