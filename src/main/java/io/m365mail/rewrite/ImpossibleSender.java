package io.m365mail.rewrite;

import io.m365mail.mail.Addresses;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells senders that no mail on the internet can have: none at all, no address, a host without a dot ({@code localhost},
 * {@code printer7}), an address literal, or a name that is reserved for what is not in the DNS (RFC 2606, 6761, 6762,
 * 8375, 9476; {@code internal}: ICANN 2024). A domain of the tenant is always possible.
 */
final class ImpossibleSender {
    private static final Set<String> RESERVED = Set.of(
            "local",
            "localdomain",
            "localhost",
            "lan",
            "home",
            "corp",
            "internal",
            "invalid",
            "test",
            "example",
            "alt");
    private static final Set<String> RESERVED_DOMAINS = Set.of("home.arpa");

    private final Predicate<String> ofTenant;

    /** @param ofTenant says which domains are the tenant's */
    ImpossibleSender(Predicate<String> ofTenant) {
        this.ofTenant = ofTenant;
    }

    boolean is(String address) {
        if (!Addresses.isValid(address) || !Addresses.isAscii(address)) {
            return true;
        }
        String domain = Addresses.domain(address);
        if (ofTenant.test(domain)) {
            return false;
        }
        String top = domain.substring(domain.lastIndexOf('.') + 1);
        return !domain.contains(".")
                || domain.startsWith("[")
                || top.chars().allMatch(c -> c >= '0' && c <= '9')
                || RESERVED.contains(top)
                || RESERVED_DOMAINS.stream().anyMatch(r -> domain.equals(r) || domain.endsWith("." + r));
    }
}
