package io.m365mail.limit;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The sliding minute of one account as this instance sees it: own sends by the steady clock, the others' as last read.
 * Not safe for threads by itself: the account's lock guards it.
 *
 * <p>Sends of others free their places a little later for us than for them ({@link #GRACE}): at full load each instance
 * takes up its own places again, and two do not race for one.
 */
final class MinuteWindow {
    private static final long LENGTH = (SendLedger.MINUTE + SendLedger.MARGIN) * 1_000_000;
    private static final long GRACE = Duration.ofMillis(200).toNanos();
    private static final long VIEW_AGE = Duration.ofSeconds(1).toNanos();

    private final ArrayDeque<Long> ownFrees = new ArrayDeque<>();
    private final long grace;
    private int limit;
    private int unanswered;
    private int tickets;
    private SendLedger.View others;

    /** @param shared whether other processes send through the same account */
    MinuteWindow(boolean shared, long now) {
        this.grace = shared ? GRACE : 0;
        this.others = SendLedger.View.nothing(now);
    }

    /** @param perMinute 0 for no limit */
    void limit(int perMinute) {
        limit = perMinute;
    }

    void see(SendLedger.View view) {
        // Reads overtake each other; what an older one saw of the others is out of date.
        if (view.at() - others.at() >= 0) {
            others = view;
        }
    }

    SendLedger.View others() {
        return others;
    }

    /** Places were given (1) or became sends or were given back (-1). */
    void ticket(int by) {
        tickets += by;
    }

    void sent() {
        unanswered++;
    }

    void answered(long now) {
        unanswered--;
        ownFrees.addLast(now + LENGTH);
    }

    int unanswered() {
        return unanswered;
    }

    /** Sends that no window of the server may add to: the unanswered and those answered in the last 60 s and a margin. */
    int used(long now) {
        return own(now) + others.unanswered() + count(now, 0);
    }

    /** Whether one more send keeps the rule. */
    boolean allows(long now) {
        return limit == 0 || used(now) < limit;
    }

    /** How many places may be given, those that are out already taken off. */
    int room(long now) {
        return limit == 0 ? Integer.MAX_VALUE : limit - own(now) - others.unanswered() - count(now, grace) - tickets;
    }

    /** When there is next a chance of room; {@link Long#MAX_VALUE} if only a reply can make it. */
    long nextRoom(long now) {
        if (limit == 0) {
            return Long.MAX_VALUE;
        }
        own(now);
        long own = ownFrees.isEmpty() ? Long.MAX_VALUE : ownFrees.peekFirst();
        return Math.min(
                own,
                others.frees().stream()
                        .mapToLong(f -> f + grace)
                        .filter(f -> f > now)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    /** Others may have sent since we looked: it is a while ago, or places of theirs came free in between. */
    boolean stale(long now) {
        return now - others.at() >= VIEW_AGE || others.frees().stream().anyMatch(f -> f <= now && f > others.at());
    }

    long staleAt() {
        return others.at() + VIEW_AGE;
    }

    private int own(long now) {
        while (!ownFrees.isEmpty() && ownFrees.peekFirst() <= now) {
            ownFrees.removeFirst();
        }
        return unanswered + ownFrees.size();
    }

    private int count(long now, long later) {
        return (int) others.frees().stream().filter(f -> f + later > now).count();
    }
}
