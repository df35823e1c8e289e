package io.m365mail.demo;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Where the accepted recipients are, as the relay counts them.
 *
 * @param cancelled by whoever submitted them, before they were due
 * @param bounced delivered, and came back later
 */
record Balance(int accepted, int delivered, int dead, int queued, int cancelled, int bounced) {
    /** @param status what the API says */
    static Balance of(JsonNode status) {
        JsonNode totals = status.path("totals");
        return new Balance(
                totals.path("accepted").asInt(),
                totals.path("delivered").asInt(),
                totals.path("dead").asInt(),
                totals.path("queued").asInt(),
                totals.path("cancelled").asInt(),
                totals.path("bounced").asInt());
    }

    boolean closes() {
        return accepted == delivered + dead + queued + cancelled;
    }

    @Override
    public String toString() {
        return "Recipients: " + accepted + " accepted = " + delivered + " delivered + " + dead + " dead + " + queued
                + " queued + " + cancelled + " cancelled.";
    }
}
