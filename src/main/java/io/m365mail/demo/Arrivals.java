package io.m365mail.demo;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxEvents;
import io.m365mail.terminal.Table;
import io.m365mail.terminal.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the sandbox took, as its own log and the messages' trace fields tell it, and whether that is what should be. */
final class Arrivals {
    private static final Pattern PROTOCOL = Pattern.compile(" with (.+) id ");
    private static final int SHOWN_ADDRESS = 44;

    private final Sandbox sandbox;

    Arrivals(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** One line for each transaction; further recipients stand below the first. */
    void print(java.io.PrintWriter out) throws IOException {
        var table = new Table("SUBJECT", "ENVELOPE FROM", "TO", "CAME BY", "TRANSPORT", "LOGIN", "TLS");
        for (ReceivedMessage m : sandbox.log().received()) {
            HeaderBlock header = HeaderBlock.parse(content(m));
            table.row(
                    field(header, "Subject"),
                    m.from(),
                    Text.shorten(m.recipients().get(0), SHOWN_ADDRESS),
                    cameBy(header),
                    transport(m),
                    login(m.connection()),
                    tls(m.connection()));
            for (String more : m.recipients().subList(1, m.recipients().size())) {
                table.row(" ", " ", Text.shorten(more, SHOWN_ADDRESS), " ", " ", " ", " ");
            }
        }
        table.print(out);
    }

    /** What is not as it should be, in plain words; empty when all is well. */
    List<String> mistakes() throws IOException {
        List<DemoMessages.Expected> got = new ArrayList<>();
        for (ReceivedMessage m : sandbox.log().received()) {
            String subject = field(HeaderBlock.parse(content(m)), "Subject");
            m.recipients().forEach(r -> got.add(new DemoMessages.Expected(subject, r)));
        }
        List<String> mistakes = new ArrayList<>();
        for (DemoMessages.Expected e : DemoMessages.ARRIVE) {
            if (!got.remove(e)) {
                mistakes.add("\"" + e.subject() + "\" did not arrive at " + e.recipient());
            }
        }
        got.forEach(e -> mistakes.add("\"" + e.subject() + "\" arrived at " + e.recipient() + " and should not have"));
        if (!scanIsUntouched()) {
            mistakes.add("the scan's body is not, byte for byte, what the printer sent");
        }
        return mistakes;
    }

    /** A field of the message with this subject; empty where it did not arrive or has none. */
    String fieldOf(String subject, String name) throws IOException {
        for (ReceivedMessage m : sandbox.log().received()) {
            HeaderBlock header = HeaderBlock.parse(content(m));
            if (field(header, "Subject").equals(subject)) {
                return field(header, name);
            }
        }
        return "";
    }

    /** All recipients that the sandbox took. */
    int recipients() {
        return sandbox.log().received().stream()
                .mapToInt(m -> m.recipients().size())
                .sum();
    }

    private boolean scanIsUntouched() throws IOException {
        String sent = DemoMessages.scan();
        String body = sent.substring(sent.indexOf("\r\n\r\n"));
        for (ReceivedMessage m : sandbox.log().received()) {
            if (new String(content(m).toBytes(), StandardCharsets.UTF_8).endsWith(body)) {
                return true;
            }
        }
        return false;
    }

    private static String cameBy(HeaderBlock header) {
        Matcher with = PROTOCOL.matcher(field(header, "Received"));
        return with.find() ? with.group(1) : "";
    }

    private static String transport(ReceivedMessage m) {
        return m.mailbox().equals(DemoTenant.ALERTS) ? "alerts" : "printers";
    }

    private String login(long connection) {
        return sandbox.log().authAttempts().stream()
                .filter(a -> a.connection() == connection && a.succeeded())
                .map(SandboxEvents.AuthAttempt::mechanism)
                .findFirst()
                .orElse("");
    }

    private String tls(long connection) {
        return sandbox.log().connections().stream()
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
