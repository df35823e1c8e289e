package io.m365mail.demo;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.SandboxLog;
import io.m365mail.terminal.Table;
import io.m365mail.terminal.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What Exchange Online and the company's own server took, and whether that is what should be. */
final class Arrivals {
    private static final int SHOWN_ADDRESS = 30;

    private final List<Arrival> all = new ArrayList<>();

    Arrivals(DemoWorld world) throws IOException {
        for (SandboxLog log : List.of(world.sandbox().log(), world.server().log())) {
            for (ReceivedMessage m : log.received()) {
                all.add(Arrival.of(m, log));
            }
        }
    }

    /** One line for each recipient; what concerns the whole transaction stands in the first. */
    void print(PrintWriter out) {
        var table = new Table("SUBJECT", "TO", "CAME BY", "WENT BY", "LOGIN", "TLS");
        for (Arrival a : all) {
            List<String> to = a.message().recipients();
            table.row(a.subject(), shown(to.get(0)), a.cameBy(), a.wentBy(), a.knownBy(), a.tls());
            to.subList(1, to.size()).forEach(more -> table.row(" ", shown(more), " ", " ", " ", " "));
        }
        table.print(out);
    }

    private static String shown(String recipient) {
        String copy = recipient.equals(DemoMessages.ARCHIVE) ? " (copy)" : "";
        return Text.shorten(recipient, SHOWN_ADDRESS) + copy;
    }

    /** What is not as it should be, in plain words; empty when all is well. */
    List<String> mistakes() throws IOException {
        List<DemoMessages.Expected> got = new ArrayList<>();
        all.forEach(a -> a.message().recipients().forEach(r -> got.add(new DemoMessages.Expected(a.subject(), r))));
        List<DemoMessages.Expected> wanted = new ArrayList<>(DemoMessages.ARRIVE);
        wanted.addAll(DemoMessages.COPIES);
        List<String> mistakes = new ArrayList<>();
        for (DemoMessages.Expected e : wanted) {
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
    String fieldOf(String subject, String name) {
        return all.stream()
                .filter(a -> a.subject().equals(subject))
                .map(a -> a.field(name))
                .findFirst()
                .orElse("");
    }

    /** All recipients that a server took, but for copies. */
    int recipients() {
        return (int) all.stream()
                .flatMap(a -> a.message().recipients().stream())
                .filter(r -> !r.equals(DemoMessages.ARCHIVE))
                .count();
    }

    /** Copies that a server took. */
    int copies() {
        return (int) all.stream()
                .flatMap(a -> a.message().recipients().stream())
                .filter(r -> r.equals(DemoMessages.ARCHIVE))
                .count();
    }

    private boolean scanIsUntouched() throws IOException {
        String sent = DemoMessages.scan();
        String body = sent.substring(sent.indexOf("\r\n\r\n"));
        for (Arrival a : all) {
            if (new String(a.content().toBytes(), StandardCharsets.UTF_8).endsWith(body)) {
                return true;
            }
        }
        return false;
    }
}
