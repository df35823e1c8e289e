package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What one mailbox has used of its limits. Everything is stamped by the sandbox's clock when the whole message is
 * there, which is where Exchange Online's store counts. The rate is kept as places: message n gets its place at its
 * arrival or 60 seconds after the place of message n-30, whichever is later, so no window of 60 seconds holds more
 * than 30 places.
 */
final class MailboxAccount {
    static final Duration MINUTE = Duration.ofSeconds(60);
    static final Duration DAY = Duration.ofHours(24);

    private final Deque<Instant> places = new ArrayDeque<>();
    private final SlidingWindow recipients = new SlidingWindow(DAY);
    private final Set<Long> connections = new LinkedHashSet<>();
    private Instant last = Instant.MIN;

    /** @param refusal null where the message is taken; @param at when it is taken, not before the arrival */
    record Admission(Reply refusal, Instant at) {}

    synchronized void connected(long connection) {
        connections.add(connection);
    }

    synchronized void disconnected(long connection) {
        connections.remove(connection);
    }

    /** Whether a connection is one of the first {@code limit} that the mailbox has open. */
    synchronized boolean isWithin(long connection, int limit) {
        return connections.stream().limit(limit).anyMatch(c -> c == connection);
    }

    /** Takes a message of {@code count} recipients, or says why not; only what is taken is counted. */
    synchronized Admission admit(Instant arrival, int count, SandboxLimits limits) {
        // Messages of several connections may come here a moment out of order; the windows must not go back.
        Instant now = arrival.isAfter(last) ? arrival : last;
        last = now;
        if (recipients.sum(now) + count > limits.recipientsPerDay()) {
            return new Admission(Replies.QUOTA_EXCEEDED, now);
        }
        Instant place = placeAt(now, limits.messagesPerMinute());
        if (place.isAfter(now) && limits.overRate() == SandboxLimits.OverRate.REFUSED) {
            return new Admission(Replies.RATE_EXCEEDED, now);
        }
        // For a limit that is off nothing is kept: a long run at full speed would fill the heap.
        if (limits.messagesPerMinute() < SandboxLimits.OFF) {
            places.addLast(place);
        }
        if (limits.recipientsPerDay() < SandboxLimits.OFF) {
            recipients.add(now, count);
        }
        return new Admission(null, place);
    }

    private Instant placeAt(Instant now, int perMinute) {
        while (!places.isEmpty() && !places.peekFirst().plus(MINUTE).isAfter(now)) {
            places.removeFirst();
        }
        if (places.size() < perMinute) {
            return now;
        }
        // More than perMinute places may lie ahead already: the one perMinute before the end decides.
        int skip = places.size() - perMinute;
        return places.stream().skip(skip).findFirst().orElseThrow().plus(MINUTE);
    }

    /** Forgets what was used; open connections stay counted. */
    synchronized void clear() {
        places.clear();
        recipients.clear();
        last = Instant.MIN;
    }
}
