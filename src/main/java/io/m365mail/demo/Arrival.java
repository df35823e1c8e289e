package io.m365mail.demo;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.SandboxEvents;
import io.m365mail.sandbox.SandboxLog;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One transaction that a server took, as the server's own log and the message's trace field tell it.
 *
 * @param cameBy the type of the source
 * @param wentBy the name of the transport
 * @param knownBy how the server knew the relay; empty where it did not
 */
record Arrival(ReceivedMessage message, HeaderBlock header, String cameBy, String wentBy, String knownBy, String tls) {
    /** Sources other than SMTP say their type in front of their name. */
    private static final Pattern SOURCE = Pattern.compile("^from (\\w+) source ");

    /** Who the servers say it was, and which transport that is. */
    private static final Map<String, String> TRANSPORTS = Map.of(
            DemoTenant.ALERTS,
            "alerts",
            DemoTenant.PRINTERS,
            "printers",
            "direct-send",
            "direct",
            DemoTenant.CONNECTOR,
            "connector",
            DemoWorld.SERVER_USER,
            "onprem");

    static Arrival of(ReceivedMessage m, SandboxLog log) throws IOException {
        HeaderBlock header = HeaderBlock.parse(content(m));
        Matcher source = SOURCE.matcher(field(header, "Received"));
        return new Arrival(
                m,
                header,
                source.find() ? source.group(1) : "smtp",
                TRANSPORTS.getOrDefault(m.mailbox(), m.mailbox()),
                m.mailbox().equals(DemoTenant.CONNECTOR) ? "certificate" : login(log, m.connection()),
                tls(log, m.connection()));
    }

    String subject() {
        return field("Subject");
    }

    /** Empty where the message has no such field. */
    String field(String name) {
        return field(header, name);
    }

    MailContent content() {
        return content(message);
    }

    private static String login(SandboxLog log, long connection) {
        return log.authAttempts().stream()
                .filter(a -> a.connection() == connection && a.succeeded())
                .map(SandboxEvents.AuthAttempt::mechanism)
                .findFirst()
                .orElse("");
    }

    private static String tls(SandboxLog log, long connection) {
        return log.connections().stream()
                .filter(c -> c.number() == connection)
                .map(SandboxEvents.Connection::tls)
                .findFirst()
                .orElse("");
    }

    private static String field(HeaderBlock header, String name) {
        return header.first(name).map(HeaderField::decoded).orElse("");
    }

    private static MailContent content(ReceivedMessage m) {
        return m.content().orElseThrow(() -> new IllegalStateException("the sandbox keeps what the demo sends"));
    }
}
