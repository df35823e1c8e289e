package io.m365mail.limit;

import java.time.Duration;

/**
 * How many connections a gate may use while the server asks for less. Each request halves them, down to one; with one
 * left, each further request also puts a pause after the messages: five seconds, doubled up to a minute. Every minute
 * without a request undoes one step: first the pause ends, then the connections come back one by one. Replies of a few
 * seconds count as one request, since they answer messages that were already on their way.
 *
 * <p>It only ever takes from what the limits allow. Not safe for threads by itself: the gate's lock guards it. A restart
 * forgets it, as it would be over in minutes anyway.
 */
final class Pace {
    private static final long GOOD_MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long ONE_REQUEST = Duration.ofSeconds(5).toNanos();
    private static final long FIRST_PAUSE = Duration.ofSeconds(5).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMinutes(1).toNanos();

    private final String transport;
    private final int full;
    private int allowed;
    private long pause;
    /** When the next message may go, where there is a pause. */
    private long next;

    private long lastRequest;
    /** When the last step was taken, down or up. */
    private long lastStep;

    Pace(String transport, int full) {
        this.transport = transport;
        this.full = full;
        this.allowed = full;
    }

    int connections(long now) {
        recover(now);
        return allowed;
    }

    private boolean isFull() {
        return allowed == full && pause == 0;
    }

    /** The server asks for less, with this reply. @return the connections that are left */
    int slower(long now, String reply) {
        recover(now);
        boolean wasFull = isFull();
        if (!wasFull && now - lastRequest < ONE_REQUEST) {
            return allowed;
        }
        lastRequest = now;
        lastStep = now;
        if (allowed > 1) {
            allowed /= 2;
        } else {
            pause = pause == 0 ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
            next = now + pause;
        }
        if (wasFull) {
            GateLog.slower(transport, allowed, full, reply);
        }
        return allowed;
    }

    /** Takes back what the good minutes since have earned. */
    private void recover(long now) {
        if (isFull()) {
            return;
        }
        while (!isFull() && now - lastStep >= GOOD_MINUTE) {
            lastStep += GOOD_MINUTE;
            if (pause > 0) {
                pause = 0;
            } else {
                allowed++;
            }
        }
        if (isFull()) {
            GateLog.fullPace(transport, full);
        }
    }

    boolean mayGive(int inUse, long now) {
        recover(now);
        return inUse < allowed && (pause == 0 || now >= next);
    }

    /** A message goes; where there is a pause, the next one waits for it. */
    void given(long now) {
        next = now + pause;
    }

    /** When a place may be given at the earliest that may not be given now, or {@link Long#MAX_VALUE}. */
    long nextChange(long now) {
        if (isFull()) {
            return Long.MAX_VALUE;
        }
        long step = lastStep + GOOD_MINUTE;
        return pause > 0 && next > now ? Math.min(next, step) : step;
    }
}
