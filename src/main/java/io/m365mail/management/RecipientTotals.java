package io.m365mail.management;

import io.m365mail.broker.OpenRecipients;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the recipients are. What is queued is looked up in the broker each time, what became of the others was counted as
 * it happened since the start of this process; so {@code queuedAtStart + accepted = delivered + dead + cancelled + queued}
 * is a check and no definition. While mail moves the look is repeated, so that the figures belong together if they can; not
 * where a look takes long, as into a hundred thousand messages, most of them on disk.
 */
public final class RecipientTotals implements Supplier<Map<String, Object>> {
    private static final int LOOKS = 3;
    private static final long PATIENCE_NANOS = 200_000_000;

    private final Metrics metrics;
    private final OpenRecipients open;
    private final Long queuedAtStart;

    /** @param queuedAtStart null where other instances take from the same queues, so that nothing adds up here */
    public RecipientTotals(Metrics metrics, OpenRecipients open, Long queuedAtStart) {
        this.metrics = metrics;
        this.open = open;
        this.queuedAtStart = queuedAtStart;
    }

    @Override
    public Map<String, Object> get() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Map<String, Long> counted;
        OpenRecipients.Sum queued;
        int looks = 0;
        do {
            counted = counted();
            queued = open.sum();
            looks++;
        } while (!(queued.exact() && counted.equals(counted())) && looks < LOOKS && System.nanoTime() - end < 0);
        var totals = new LinkedHashMap<String, Object>(counted);
        totals.put("queued", queued.recipients());
        totals.put("queuedExact", queued.exact());
        totals.put("queuedAtStart", queuedAtStart);
        return totals;
    }

    private Map<String, Long> counted() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (String what : new String[] {"accepted", "delivered", "dead", "cancelled", "bounced"}) {
            all.put(what, metrics.total("m365." + what + ".recipients"));
        }
        return all;
    }
}
