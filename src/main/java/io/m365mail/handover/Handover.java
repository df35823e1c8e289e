package io.m365mail.handover;

import java.time.Instant;
import java.util.Collection;

/**
 * One transport's queue goes to another.
 *
 * @param byHand until it is resumed; else until the transport answers again
 */
public record Handover(String transport, String target, boolean byHand, Instant since) {
    /** Whether what is in {@code start}'s queue comes to {@code end} in the end. */
    static boolean leadsTo(Collection<Handover> all, String start, String end) {
        String at = start;
        for (int i = 0; i <= all.size() && at != null; i++) {
            if (at.equals(end)) {
                return true;
            }
            String here = at;
            at = all.stream()
                    .filter(h -> h.transport().equals(here))
                    .map(Handover::target)
                    .findFirst()
                    .orElse(null);
        }
        return false;
    }
}
