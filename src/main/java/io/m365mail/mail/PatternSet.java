package io.m365mail.mail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Address patterns, compiled: whole addresses and whole domains are looked up, however many there are; only the others
 * are tried one by one. That match takes time linear in the address for each {@code *}, so a hostile address cannot stall
 * it. Immutable.
 */
final class PatternSet {
    private final Set<String> addresses = new HashSet<>();
    private final Set<String> domains = new HashSet<>();
    private final List<String> others = new ArrayList<>();

    /** @param patterns as {@link AddressPatterns} describes them */
    PatternSet(Collection<String> patterns) {
        for (String each : patterns) {
            String p = each.strip().toLowerCase(Locale.ROOT);
            int star = p.indexOf('*');
            if (star < 0 && p.indexOf('@') > 0) {
                addresses.add(p);
            } else if (star < 0) {
                domains.add(p.startsWith("@") ? p.substring(1) : p);
            } else if (p.startsWith("*@") && p.indexOf('*', 1) < 0) {
                domains.add(p.substring(2));
            } else {
                others.add(p.startsWith("@") ? "*" + p : p);
            }
        }
    }

    /** @param address in lower case */
    boolean matches(String address) {
        return addresses.contains(address)
                || domains.contains(address.substring(address.lastIndexOf('@') + 1)) && address.indexOf('@') >= 0
                || others.stream().anyMatch(p -> AddressPatterns.glob(p, address));
    }

    int size() {
        return addresses.size() + domains.size() + others.size();
    }
}
