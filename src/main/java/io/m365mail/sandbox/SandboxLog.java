package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened in the sandbox, for tests and people. Safe for threads: each query is a copy of one moment. Of each
 * kind the newest entries are kept, up to a number; the counters count all. With this class's logger at debug, each
 * message taken and each refusal is a line in the log too.
 */
public final class SandboxLog {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxLog.class);

    private final int keep;
    private final Deque<ReceivedMessage> received = new ArrayDeque<>();
    private final Deque<SandboxEvents.AuthAttempt> attempts = new ArrayDeque<>();
    private final Deque<SandboxEvents.Refusal> refusals = new ArrayDeque<>();
    private final Deque<SandboxEvents.TokenRequest> tokens = new ArrayDeque<>();
    private final ConnectionLog connections;
    private long receivedCount;
    private Consumer<String> listener = line -> {};

    SandboxLog(int keep) {
        this.keep = keep;
        this.connections = new ConnectionLog(keep);
    }

    /** Is told of each message taken and each refusal from now on, in one line; must be quick. */
    public synchronized void listen(Consumer<String> lines) {
        listener = lines;
    }

    /** The messages taken, in the order of their replies. */
    public synchronized List<ReceivedMessage> received() {
        return List.copyOf(received);
    }

    /** How many messages were taken since the start or the reset, also those no longer kept. */
    public synchronized long receivedCount() {
        return receivedCount;
    }

    /**
     * Waits until at least {@code n} messages were taken.
     *
     * @return the messages taken
     * @throws IllegalStateException when the time (real, not the sandbox's) is over before
     */
    public synchronized List<ReceivedMessage> awaitReceived(long n, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (receivedCount < n) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                Reply last = refusals.isEmpty() ? null : refusals.peekLast().reply();
                throw new IllegalStateException("the sandbox took " + receivedCount + " messages of " + n + " in "
                        + limit + "; its last refusal: " + last);
            }
            wait(left / 1_000_000 + 1);
        }
        return received();
    }

    public synchronized List<SandboxEvents.AuthAttempt> authAttempts() {
        return List.copyOf(attempts);
    }

    /** Every 4xx and 5xx that was given, AUTH included. */
    public synchronized List<SandboxEvents.Refusal> refusals() {
        return List.copyOf(refusals);
    }

    public synchronized List<SandboxEvents.TokenRequest> tokenRequests() {
        return List.copyOf(tokens);
    }

    public synchronized List<SandboxEvents.Connection> connections() {
        return connections.list();
    }

    public synchronized long connectionCount() {
        return connections.total();
    }

    public synchronized int openConnections() {
        return connections.open();
    }

    /** The most connections that were open at once, logged in or not. */
    public synchronized int maxConnections() {
        return connections.max();
    }

    /** The most connections that were logged in as a mailbox at once. */
    public synchronized int maxConnections(String mailbox) {
        return connections.max(mailbox.toLowerCase(Locale.ROOT));
    }

    /** The most messages of a mailbox in any 60 seconds, by one of their times. */
    public int maxPerSlidingMinute(String mailbox, ReceivedMessage.Stamp stamp) {
        return Statistics.maxInWindow(
                received().stream()
                        .filter(m -> m.mailbox().equalsIgnoreCase(mailbox))
                        .map(m -> m.at(stamp))
                        .toList(),
                MailboxAccount.MINUTE);
    }

    /** The most messages of a mailbox in any 60 seconds, by the worst of all their times. */
    public int maxPerSlidingMinute(String mailbox) {
        int max = 0;
        for (ReceivedMessage.Stamp stamp : ReceivedMessage.Stamp.values()) {
            max = Math.max(max, maxPerSlidingMinute(mailbox, stamp));
        }
        return max;
    }

    /**
     * Who got the same message more than once: {@code identity recipient} and how often. Parts of one message for
     * different recipients are no duplicates.
     */
    public Map<String, Integer> duplicates() {
        return Statistics.duplicates(received());
    }

    /** Forgets all entries and sets the counters to zero. Connections that are open stay counted. */
    public synchronized void reset() {
        received.clear();
        attempts.clear();
        refusals.clear();
        tokens.clear();
        connections.reset();
        receivedCount = 0;
    }

    synchronized long connectionOpened(Instant at) {
        return connections.opened(at);
    }

    synchronized boolean authenticated(long connection, String mailbox, String tls) {
        return connections.authenticated(connection, mailbox, tls);
    }

    synchronized void connectionClosed(long connection, Instant at) {
        connections.closed(connection, at);
    }

    synchronized void received(ReceivedMessage message) {
        LOG.debug("took {}", message);
        listener.accept("took " + message + ", for " + String.join(", ", message.recipients()));
        add(received, message);
        connections.tookMessage(message.connection());
        receivedCount++;
        notifyAll();
    }

    synchronized void attempted(SandboxEvents.AuthAttempt attempt) {
        add(attempts, attempt);
    }

    synchronized void refused(Instant at, long connection, String mailbox, Stage stage, Reply reply) {
        LOG.debug("refused at {} for {} on connection {}: {}", stage, mailbox, connection, reply);
        listener.accept("refused at " + stage + " for " + mailbox + ": " + reply);
        add(refusals, new SandboxEvents.Refusal(at, connection, mailbox, stage, reply));
    }

    synchronized void tokenRequested(SandboxEvents.TokenRequest request) {
        add(tokens, request);
    }

    private <T> void add(Deque<T> entries, T entry) {
        if (entries.size() >= keep) {
            entries.removeFirst();
        }
        entries.addLast(entry);
    }
}
