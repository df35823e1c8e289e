package io.m365mail.intake;

import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Recipient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits recipients into transactions that a server takes: none with more than {@code recipients-per-message}, none with
 * more than {@code recipients-per-domain} of one domain. Each recipient goes into the first transaction with room for it,
 * so their order is kept within each.
 */
final class Transactions {
    private final int perMessage;
    private final int perDomain;
    private final List<List<Recipient>> parts = new ArrayList<>();
    private final List<Map<String, Integer>> counts = new ArrayList<>();
    /** For each domain the first transaction that may have room; only ever grows. */
    private final Map<String, Integer> from = new HashMap<>();

    private int open;

    private Transactions(TransportConfig.Limits limits) {
        this.perMessage = limits.recipientsPerMessage() > 0 ? limits.recipientsPerMessage() : Integer.MAX_VALUE;
        this.perDomain = limits.recipientsPerDomain() > 0 ? limits.recipientsPerDomain() : Integer.MAX_VALUE;
    }

    static List<List<Recipient>> of(List<Recipient> recipients, TransportConfig.Limits limits) {
        var transactions = new Transactions(limits);
        recipients.forEach(transactions::add);
        return transactions.parts;
    }

    private void add(Recipient recipient) {
        String domain = recipient.domain();
        int i = Math.max(open, from.getOrDefault(domain, 0));
        while (i < parts.size()
                && (parts.get(i).size() >= perMessage || counts.get(i).getOrDefault(domain, 0) >= perDomain)) {
            i++;
        }
        if (i == parts.size()) {
            parts.add(new ArrayList<>());
            counts.add(new HashMap<>());
        }
        parts.get(i).add(recipient);
        counts.get(i).merge(domain, 1, Integer::sum);
        from.put(domain, i);
        while (open < parts.size() && parts.get(open).size() >= perMessage) {
            open++;
        }
    }
}
