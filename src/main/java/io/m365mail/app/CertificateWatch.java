package io.m365mail.app;

import io.m365mail.config.ConnectorCertificate;
import io.m365mail.config.TransportConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the relays' client certificates: says at the start, and once a day after that, what is wrong with one or that
 * it ends soon. The health page shows the same as a detail; it stays up, since mail of the other transports flows.
 */
final class CertificateWatch extends AbstractHealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final List<TransportConfig.Relay> relays;
    private final Clock clock;
    private LocalDate said;

    CertificateWatch(List<TransportConfig> transports, Clock clock) {
        super("m365", "certificates");
        this.relays = transports.stream()
                .filter(TransportConfig.Relay.class::isInstance)
                .map(TransportConfig.Relay.class::cast)
                .filter(r -> r.keyStore() != null)
                .toList();
        this.clock = clock;
    }

    /** Called again and again; speaks on the first call of a day. */
    synchronized void look() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (!today.equals(said)) {
            said = today;
            warnings().forEach(LOG::warn);
        }
    }

    private List<String> warnings() {
        Instant now = clock.instant();
        List<String> all = new ArrayList<>();
        for (TransportConfig.Relay relay : relays) {
            try {
                all.addAll(ConnectorCertificate.of(relay).warnings(relay, now));
            } catch (IOException e) {
                all.add("m365.transport." + relay.name() + ".key-store cannot be read: " + e.getMessage());
            }
        }
        return all;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        List<String> warnings = warnings();
        if (!warnings.isEmpty()) {
            builder.message(String.join("; ", warnings));
        }
        builder.up();
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
