package io.m365mail.delivery;

import io.m365mail.mail.Recipient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the recipients of one transaction go in several. */
final class Division {
    private Division() {}

    /** Two halves; at least two recipients. */
    static List<List<Recipient>> halves(List<Recipient> all) {
        int middle = (all.size() + 1) / 2;
        return List.of(all.subList(0, middle), all.subList(middle, all.size()));
    }

    static List<List<Recipient>> byDomain(List<Recipient> all) {
        Map<String, List<Recipient>> domains = new LinkedHashMap<>();
        all.forEach(
                r -> domains.computeIfAbsent(r.domain(), d -> new ArrayList<>()).add(r));
        return List.copyOf(domains.values());
    }
}
