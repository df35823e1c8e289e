package io.m365mail.app;

import io.m365mail.config.TransportConfig;
import io.m365mail.dns.Dns;
import io.m365mail.handover.ServerProbe;
import io.m365mail.smtp.client.SmtpConnector;
import io.m365mail.smtp.client.SmtpFailure;
import io.m365mail.transport.SessionOptions;
import io.m365mail.transport.Transports;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Connects as the transport does, login included, and says QUIT. */
final class ProbeByConnection implements ServerProbe {
    private final Map<String, SmtpConnector> connectors = new HashMap<>();

    /** @param watched those that may be asked for */
    ProbeByConnection(Collection<TransportConfig> watched, String hostname, Clock clock, Dns dns) {
        watched.forEach(
                t -> connectors.put(t.name(), Transports.connector(t, SessionOptions.of(hostname), clock, dns)));
    }

    @Override
    public String look(String transport) {
        SmtpConnector connector = connectors.get(transport);
        try {
            connector.open().close();
            return null;
        } catch (SmtpFailure e) {
            return e.getMessage();
        }
    }
}
