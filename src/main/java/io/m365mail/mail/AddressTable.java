package io.m365mail.mail;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A table of addresses that stand for others. A name is an address, a word without at sign, {@code *@domain} for every
 * address of a domain, or {@code *} for every word without at sign. A target is an address; {@code *@domain} keeps the
 * part before the at sign, which only a name with a star allows. The exact name goes before the star. Case does not
 * matter in names. Immutable; a look-up takes the same time however long the table is.
 */
public final class AddressTable {
    private static final String STAR = "*";

    private final Map<String, List<String>> entries;

    private AddressTable(Map<String, List<String>> entries) {
        this.entries = entries;
    }

    /** @param entries targets by name; names in lower case */
    public static AddressTable of(Map<String, List<String>> entries) {
        return new AddressTable(new LinkedHashMap<>(entries));
    }

    /**
     * What an address stands for.
     *
     * @param addresses in their order
     * @param fixed the table names them; false where the part before the at sign is the submitter's
     */
    public record Found(List<String> addresses, boolean fixed) {}

    /** One step: the targets of an address, or null where the table does not have it. */
    public Found find(String address) {
        String key = address.toLowerCase(Locale.ROOT);
        List<String> exact = entries.get(key);
        if (exact != null) {
            return new Found(exact, true);
        }
        int at = address.lastIndexOf('@');
        String local = at < 0 ? address : address.substring(0, at);
        List<String> targets = local.isEmpty() ? null : entries.get(STAR + (at < 0 ? "" : key.substring(at)));
        if (targets == null) {
            return null;
        }
        boolean fixed = targets.stream().noneMatch(t -> t.startsWith(STAR));
        return new Found(
                targets.stream()
                        .map(t -> t.startsWith(STAR) ? local + t.substring(1) : t)
                        .toList(),
                fixed);
    }

    /** Every step: targets that the table has too are looked up again. One that stands for itself stays as it is. */
    public Found expand(String address) {
        Found first = find(address);
        if (first == null) {
            return null;
        }
        Set<String> results = new LinkedHashSet<>();
        boolean fixed = walk(address, new LinkedHashSet<>(), results);
        return new Found(List.copyOf(results), fixed);
    }

    /** The names of a loop, in words such as {@code a -> b -> a}, or null where there is none. */
    public String loop() {
        Set<String> free = new HashSet<>();
        for (String name : entries.keySet()) {
            List<String> path = loop(sample(name), List.of(), free);
            if (path != null) {
                return String.join(" -> ", path).replace("any-name", STAR);
            }
        }
        return null;
    }

    /** A target that is neither an address nor a name of this table, or null where there is none. Ask for loops first. */
    public String deadEnd() {
        return entries.keySet().stream()
                .flatMap(name -> expand(sample(name)).addresses().stream())
                .filter(target -> !Addresses.isValid(target))
                .findFirst()
                .orElse(null);
    }

    private static String sample(String name) {
        return name.startsWith(STAR) ? "any-name" + name.substring(1) : name;
    }

    private boolean walk(String address, Set<String> seen, Set<String> results) {
        Found found = find(address);
        if (found == null) {
            results.add(address);
            return true;
        }
        if (!seen.add(address.toLowerCase(Locale.ROOT))) {
            return true;
        }
        boolean fixed = found.fixed();
        for (String target : found.addresses()) {
            if (target.equalsIgnoreCase(address)) {
                results.add(target);
            } else {
                fixed &= walk(target, seen, results);
            }
        }
        return fixed;
    }

    /** @param free names that lead to no loop, so that each is followed once */
    private List<String> loop(String address, List<String> path, Set<String> free) {
        String key = address.toLowerCase(Locale.ROOT);
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        if (path.contains(key)) {
            return longer.subList(longer.indexOf(key), longer.size());
        }
        Found found = free.contains(key) ? null : find(address);
        if (found != null) {
            for (String target : found.addresses()) {
                List<String> loop = target.equalsIgnoreCase(address) ? null : loop(target, longer, free);
                if (loop != null) {
                    return loop;
                }
            }
        }
        free.add(key);
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressTable table && entries.equals(table.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.size() + " entries";
    }
}
