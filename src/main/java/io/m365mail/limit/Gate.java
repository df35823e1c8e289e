package io.m365mail.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The door of one transport. A consumer takes a {@link Place} before it receives a message, so that nothing waits inside
 * a transaction; delivery turns the place into a durable reservation right before MAIL, and says when the reply came.
 * Hold and park mean that no place is given. All methods may be called from any thread.
 */
public interface Gate {
    /**
     * Waits until a message may be received.
     *
     * @return a place, or null when {@code atMost} is over or the gate was closed
     */
    Place await(Duration atMost) throws InterruptedException;

    /** The place that the calling thread took last and has not given back; null if none. */
    Place current();

    /** Stops giving places until {@link #resume()} or a probe succeeds; {@code reason} is for people. */
    void hold(String reason);

    /** Stops giving places until the time. */
    void park(Instant until, String reason);

    /** Stops giving places, also for probes, until {@link #resume()}: by hand, or while another transport has the queue. */
    default void stop(String reason) {
        throw new UnsupportedOperationException("this gate cannot be stopped");
    }

    /** The server asks for less: fewer connections are in use for some minutes, whatever the limits allow. */
    default void slower(String reply) {
        throw new UnsupportedOperationException("this gate has one pace");
    }

    /** How many connections may be in use now: the configured ones, or fewer after {@link #slower}. */
    default int connections() {
        throw new UnsupportedOperationException("this gate has one pace");
    }

    /** The connections that the sends through this gate use: they count for its limit while they are open. */
    default void uses(Sockets sockets) {}

    /** They are closed. */
    default void usesNoMore(Sockets sockets) {}

    /** Opens the gate by hand or after a successful probe. */
    void resume();

    State state();

    /** Wakes all who wait; no place is given any more. */
    void close();

    /** The right to receive one message. Closed by whoever received, whatever came of it. */
    interface Place extends AutoCloseable {
        /**
         * Counts a send durably, before MAIL. An uncertain send counts as sent.
         *
         * @param recipients how many the transaction names
         * @return null when it may go; else when to try again (the day's recipients are used up, or another instance
         *     was first): nothing was counted then
         */
        Instant reserve(int recipients);

        /**
         * The same, where the tenant's limit of external recipients may be counted too.
         *
         * @param domains of the recipients
         */
        default Instant reserve(int recipients, List<String> domains) {
            return reserve(recipients);
        }

        /** The server answered (or the connection is gone): the minute of this send starts now. Idempotent. */
        void answered();

        /** True where the gate is on hold and this message is the probe. */
        boolean probe();

        /**
         * How long its holder may wait for a message to come. Zero where others need the limit meanwhile: look once, and
         * give the place back if there is nothing.
         */
        default Duration patience() {
            return Duration.ofSeconds(1);
        }

        /** A message was received with this place: from now on a probe counts as tried. */
        default void received() {}

        /** Gives the place back; an unanswered reservation counts as answered now. */
        @Override
        void close();
    }

    /**
     * @param mode open, held or parked
     * @param reason for people, null when open
     * @param until when a parked gate opens, null otherwise
     * @param since since when it is held or parked
     * @param usedLastMinute sends of the last 60 s, those not answered yet included
     * @param usedLastDay recipients of the last 24 h
     * @param stopped held without probes, until it is resumed
     */
    record State(
            Mode mode,
            String reason,
            Instant until,
            Instant since,
            int usedLastMinute,
            long usedLastDay,
            boolean stopped) {
        public State(Mode mode, String reason, Instant until, Instant since, int usedLastMinute, long usedLastDay) {
            this(mode, reason, until, since, usedLastMinute, usedLastDay, false);
        }
    }

    enum Mode {
        OPEN,
        HELD,
        PARKED
    }
}
