package io.m365mail.sandbox;

import io.m365mail.smtp.Stage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Counts how often each fault address has struck, so that {@code tempfail-2x} fails twice and then lets through. */
final class AddressFaults {
    /** Counters kept; the longest unused goes first, so a client that makes addresses up cannot fill the heap. */
    private static final int MAX_COUNTERS = 100_000;

    private final Map<String, Integer> strikes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_COUNTERS;
        }
    };

    /** The fault for {@code address} at {@code stage} now, or null; counted as struck. */
    synchronized Fault at(Stage stage, String address) {
        AddressFault fault = AddressFault.of(address).orElse(null);
        if (fault == null || fault.stage() != stage) {
            return null;
        }
        if (fault.times() == Integer.MAX_VALUE) {
            return fault.fault();
        }
        int before = strikes.merge(address.toLowerCase(Locale.ROOT), 1, Integer::sum) - 1;
        return before < fault.times() ? fault.fault() : null;
    }

    synchronized void clear() {
        strikes.clear();
    }
}
