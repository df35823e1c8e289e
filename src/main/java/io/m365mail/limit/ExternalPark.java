package io.m365mail.limit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenant's limit for external recipients, once Exchange Online has said that it is used up: mail to external
 * recipients waits, of every transport to Exchange Online, until the window frees; internal mail goes on. A park may
 * concern one sender domain only. Kept in the store, so that a restart does not forget it.
 */
public final class ExternalPark {
    /** No transport's name begins so: the park's rows stand among the gates'. */
    static final String KEY = "*external";

    private static final Logger LOG = LoggerFactory.getLogger(ExternalPark.class);
    private static final String EVERY_DOMAIN = "";
    private static final Gate.State OPEN = new Gate.State(Gate.Mode.OPEN, null, null, null, 0, 0);

    private final Timing timing;
    private final BiConsumer<String, Gate.State> persist;
    /** By the rest of the key: empty for everybody, else a colon and the sender's domain. */
    private final Map<String, Gate.State> parked = new HashMap<>();

    ExternalPark(Timing timing, BiConsumer<String, Gate.State> persist) {
        this.timing = timing;
        this.persist = persist;
    }

    /** What the store remembers. */
    synchronized void restore(String key, Gate.State state) {
        parked.put(key.substring(KEY.length()), state);
        LOG.warn("mail to external recipients still waits until {}: {}", state.until(), state.reason());
    }

    /** Another instance has parked or ended it; nothing happens where this one has too, meanwhile. */
    synchronized boolean adopt(String key, Predicate<Gate.State> unchanged, Gate.State stored) {
        String scope = key.substring(KEY.length());
        Gate.State mine = parked.getOrDefault(scope, OPEN);
        if (!unchanged.test(mine)) {
            return false;
        }
        if (stored.mode() == Gate.Mode.OPEN) {
            parked.remove(scope);
            LOG.info("mail to external recipients goes on, another instance says");
        } else {
            parked.put(scope, stored);
            if (mine.mode() == Gate.Mode.OPEN) {
                LOG.warn(
                        "mail to external recipients{} waits until {}, another instance says: {}",
                        scope.isEmpty() ? "" : " from " + Text.oneLine(scope.substring(1)),
                        stored.until(),
                        stored.reason());
            }
        }
        return true;
    }

    /**
     * @param senderDomain whose mail is concerned, or null for everybody's
     * @param reason for people
     */
    public synchronized void park(String senderDomain, Instant until, String reason) {
        String scope = senderDomain == null ? EVERY_DOMAIN : of(senderDomain);
        Gate.State before = parked.get(scope);
        if (before != null && !until.isAfter(before.until())) {
            return;
        }
        Instant since = before == null ? timing.now() : before.since();
        var state = new Gate.State(Gate.Mode.PARKED, Text.oneLine(reason), until, since, 0, 0);
        parked.put(scope, state);
        persist.accept(KEY + scope, state);
        if (before == null) {
            LOG.warn(
                    "mail to external recipients{} waits until {}, internal mail goes on: {}",
                    senderDomain == null ? "" : " from " + Text.oneLine(senderDomain),
                    until,
                    state.reason());
        }
    }

    /** Whether mail from this domain to external recipients has to wait now. */
    public synchronized boolean waits(String senderDomain) {
        openWhatIsOver();
        return parked.containsKey(EVERY_DOMAIN) || parked.containsKey(of(senderDomain));
    }

    /** One of the parks that are on, or null. */
    public synchronized Gate.State state() {
        openWhatIsOver();
        return parked.values().stream().findFirst().orElse(null);
    }

    /** Ends every park by hand. */
    public synchronized void resume() {
        List.copyOf(parked.keySet()).forEach(this::open);
    }

    private static String of(String senderDomain) {
        return ":" + senderDomain.toLowerCase(Locale.ROOT);
    }

    private void openWhatIsOver() {
        if (!parked.isEmpty()) {
            Instant now = timing.now();
            Map.copyOf(parked).forEach((scope, state) -> {
                if (!now.isBefore(state.until())) {
                    open(scope);
                }
            });
        }
    }

    private void open(String scope) {
        parked.remove(scope);
        persist.accept(KEY + scope, OPEN);
        LOG.info("mail to external recipients goes on");
    }
}
