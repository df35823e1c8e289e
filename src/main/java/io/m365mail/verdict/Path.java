package io.m365mail.verdict;

import java.util.Locale;
import java.util.Set;

/** Who gave a reply. In the file in lower case with dashes. */
public enum Path {
    ANY(Set.of(), "any"),
    SMTP_AUTH(Set.of("smtp-auth"), "SMTP AUTH submission"),
    /** High Volume Email: a smtp-auth transport to another host. */
    HVE(Set.of("smtp-auth"), "High Volume Email"),
    DIRECT_SEND(Set.of("direct-send"), "direct send"),
    RELAY(Set.of("relay"), "relay connector"),
    /** The tenant's MX. */
    MX(Set.of("direct-send", "relay"), "tenant MX (direct send, relay)"),
    SERVER(Set.of("server"), "own mail server"),
    /** The token endpoint of a smtp-auth transport. */
    ENTRA(Set.of("smtp-auth"), "token endpoint");

    private final Set<String> transportTypes;
    private final String words;

    Path(Set<String> transportTypes, String words) {
        this.transportTypes = transportTypes;
        this.words = words;
    }

    boolean covers(String transportType) {
        return this == ANY || transportTypes.contains(transportType);
    }

    /** In plain words. */
    public String words() {
        return words;
    }

    /** As in the file and in the configuration: {@code smtp-auth}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
