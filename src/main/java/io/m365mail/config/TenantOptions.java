package io.m365mail.config;

import java.util.List;

/**
 * The keys of the tenant's own limit: external recipients of all mailboxes and connectors together in 24 hours (Exchange
 * Online's tenant external recipient rate limit, TERRL).
 */
final class TenantOptions {
    /** Licences of the largest tenants, with room. */
    private static final int MOST_LICENSES = 10_000_000;

    static final Option<Integer> LICENSES = Option.optional(
            "tenant.licenses",
            ValueTypes.integer("number of licences", 1, MOST_LICENSES),
            "purchased e-mail licences of the tenant; turns the limit of external recipients on, by Microsoft's formula");
    static final Option<Integer> EXTERNAL_PER_DAY = Option.optional(
            "tenant.external-recipients-per-day",
            ValueTypes.integer("number of recipients", 1, 100_000_000),
            "the same limit as a number: external recipients of the whole tenant in any 24 hours (trial tenants: 5000)");

    private TenantOptions() {}

    /** 0 where the limit is off. */
    static int bind(Section s, List<String> domains, List<TypedBinder.Bound<TransportConfig>> transports) {
        Option<Integer> given = s.has(LICENSES) ? LICENSES : EXTERNAL_PER_DAY;
        Integer licenses = s.get(LICENSES);
        Integer perDay = s.get(EXTERNAL_PER_DAY);
        if (s.has(LICENSES) && s.has(EXTERNAL_PER_DAY)) {
            s.mistake(EXTERNAL_PER_DAY, "m365.tenant.licenses says the same already", "Remove one of the two");
        }
        if (!s.has(given) || s.isBad(given)) {
            return 0;
        }
        if (domains.isEmpty() && !s.isBad(GeneralOptions.DOMAINS)) {
            s.mistake(given, "without m365.domains every recipient is external", "Set m365.domains");
        }
        int limit = licenses != null ? byLicenses(licenses) : perDay;
        boolean counts = false;
        for (TypedBinder.Bound<TransportConfig> b : transports) {
            TransportConfig t = b.value();
            counts |= t != null && t.countsForTenant();
            if (t != null && t.countsForTenant() && t.limits().recipientsPerMessage() > limit) {
                s.mistake(
                        given,
                        "a message of transport " + t.name() + " may have "
                                + t.limits().recipientsPerMessage() + " recipients, so one alone may be more than "
                                + limit,
                        "Set m365.transport." + t.name() + ".recipients-per-message lower, or this limit right");
            }
        }
        if (!counts) {
            s.useless(given, "transports that send no external mail through Exchange Online");
        }
        return limit;
    }

    /**
     * Microsoft's formula, {@code 500 x licences ^ 0.7 + 9,500}
     * (https://techcommunity.microsoft.com/blog/exchange/introducing-exchange-online-tenant-outbound-email-limits/4372797).
     */
    static int byLicenses(int licenses) {
        return (int) Math.floor(500 * Math.pow(licenses, 0.7) + 9_500);
    }
}
