package io.m365mail.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Figures computed from what was received. */
final class Statistics {
    private Statistics() {}

    /** The most instants in any half-open interval of a length. */
    static int maxInWindow(Collection<Instant> instants, Duration length) {
        List<Instant> sorted = instants.stream().sorted().toList();
        int max = 0;
        int first = 0;
        for (int last = 0; last < sorted.size(); last++) {
            while (!sorted.get(first).plus(length).isAfter(sorted.get(last))) {
                first++;
            }
            max = Math.max(max, last - first + 1);
        }
        return max;
    }

    /** {@code identity recipient} of what reached a recipient more than once, and how often. */
    static Map<String, Integer> duplicates(Collection<ReceivedMessage> messages) {
        var counts = new TreeMap<String, Integer>();
        for (ReceivedMessage m : messages) {
            for (String recipient : m.recipients()) {
                counts.merge(m.identity() + " " + recipient.toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        }
        counts.values().removeIf(n -> n < 2);
        return counts;
    }
}
