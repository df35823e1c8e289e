package io.m365mail.intake;

import io.m365mail.config.BundleConfig.Flow;
import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Recipient;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who gets a copy of a transport's messages on the existing server ({@code copy-to}): the internal ones of its recipients,
 * or one archive address; never an external one. Nobody is told of a copy's fate.
 */
public final class Copies {
    private static final String NOBODY_IS_TOLD = "NEVER";

    private final Map<String, TransportConfig> transports = new HashMap<>();
    private final Map<String, Flow> flows = new HashMap<>();
    private final Predicate<String> internalDomains;

    public Copies(Collection<TransportConfig> transports, Collection<Flow> flows, Predicate<String> internalDomains) {
        transports.forEach(t -> this.transports.put(t.name(), t));
        flows.stream().filter(f -> f.copyTo() != null).forEach(f -> this.flows.put(f.transport(), f));
        this.internalDomains = internalDomains;
    }

    /** Null where the transport's messages are not copied. */
    TransportConfig serverOf(TransportConfig transport) {
        Flow flow = flows.get(transport.name());
        return flow == null ? null : transports.get(flow.copyTo());
    }

    /** @param carried the recipients of the transport's part of a message */
    List<Recipient> recipients(TransportConfig transport, List<Recipient> carried) {
        String archive = flows.get(transport.name()).archive();
        if (archive != null) {
            return List.of(new Recipient(archive, NOBODY_IS_TOLD, null));
        }
        return carried.stream()
                .filter(r -> internalDomains.test(r.domain()))
                .map(r -> new Recipient(r.address(), NOBODY_IS_TOLD, null))
                .toList();
    }
}
