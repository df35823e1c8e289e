package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.terminal.Table;
import io.m365mail.terminal.Text;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code status}: what a running bundle has queued, which transports are open, and what is left of the limits. */
@Command(
        name = "status",
        description =
                "Shows queues, transports and limits of the running bundle. Exit code 1 when a transport is held.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A held transport waits for its configuration to be put right; a parked one for its limit to free.",
            "",
            "Examples:",
            "  m365-mail status",
            "  m365-mail status --json"
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ApiClient api = config.api();
        JsonNode status = api.get("/api/status");
        if (json) {
            out.println(api.pretty(status));
        } else {
            print(status, out, ZoneId.systemDefault());
        }
        boolean held = false;
        for (JsonNode t : status.path("transports")) {
            held |= t.path("state").asText().equals("held");
        }
        return held ? Cli.NOT_FINE : Cli.FINE;
    }

    private static void print(JsonNode status, PrintWriter out, ZoneId zone) {
        Duration up = Duration.ofSeconds(status.path("uptimeSeconds").asLong());
        out.println(Text.clean("m365-mail-routes " + status.path("version").asText() + " on "
                + status.path("hostname").asText() + ", up " + Times.span(up)));
        out.println();
        Table sources = new Table("SOURCE", "TYPE", "STATE", "DETAIL");
        for (JsonNode s : status.path("sources")) {
            sources.row(text(s, "name"), text(s, "type"), text(s, "state"), text(s, "detail"));
        }
        sources.print(out);
        out.println();
        transports(status, out, zone);
        out.println();
        tenant(status, out, zone);
        recipients(status.path("totals"), out);
        out.printf(
                "submissions waiting in the queue: %s; dead letters: %s%n",
                text(status.path("submit"), "queued"), text(status.path("dead"), "count"));
    }

    /** Several instances on one broker have the queues in common, each its own counts: that is no equation. */
    private static void recipients(JsonNode t, PrintWriter out) {
        String queued = (t.path("queuedExact").asBoolean(true) ? "" : "at least ") + text(t, "queued") + " queued";
        String cancelled = t.path("cancelled").asLong() > 0 ? text(t, "cancelled") + " cancelled" : null;
        if (t.path("queuedAtStart").isNull()) {
            out.printf(
                    "recipients: %s accepted, %s delivered, %s dead%s by this instance; %s for all%n",
                    text(t, "accepted"),
                    text(t, "delivered"),
                    text(t, "dead"),
                    cancelled == null ? "" : ", " + cancelled,
                    queued);
        } else {
            out.printf(
                    "recipients: %s%s accepted = %s delivered + %s dead + %s%s%n",
                    t.path("queuedAtStart").asLong() > 0 ? text(t, "queuedAtStart") + " queued at the start + " : "",
                    text(t, "accepted"),
                    text(t, "delivered"),
                    text(t, "dead"),
                    cancelled == null ? "" : cancelled + " + ",
                    queued);
        }
        if (t.path("bounced").asLong() > 0) {
            out.printf("of the delivered came back later: %s%n", text(t, "bounced"));
        }
    }

    private static void transports(JsonNode status, PrintWriter out, ZoneId zone) {
        Table table = new Table(
                "TRANSPORT", "TYPE", "STATE", "QUEUED", "DELAYED", "SENDING", "CONNECTIONS", "LAST MINUTE", "LAST DAY");
        for (JsonNode t : status.path("transports")) {
            table.row(
                    text(t, "name"),
                    text(t, "type"),
                    text(t, "state"),
                    text(t, "queued"),
                    text(t, "delayed"),
                    text(t, "inDelivery"),
                    connections(t),
                    used(t, "usedLastMinute", "perMinute"),
                    used(t, "usedLastDay", "perDay"));
        }
        table.print(out);
        for (JsonNode t : status.path("transports")) {
            String state = text(t, "state");
            if (!state.equals("open")) {
                String since = Times.local(t.path("since"), zone);
                String until = Times.local(t.path("until"), zone);
                out.println(Text.clean("  " + text(t, "name") + " is " + state
                        + (since.isEmpty() ? "" : " since " + since)
                        + (until.isEmpty() ? "" : " until " + until)
                        + (text(t, "reason").isEmpty() ? "" : ": " + text(t, "reason"))));
            }
        }
    }

    /** Fewer than configured while the server asks for less. */
    private static String connections(JsonNode t) {
        String now = text(t, "connectionsNow");
        String all = text(t, "connections");
        return now.isEmpty() || now.equals(all) ? all : now + " of " + all;
    }

    private static void tenant(JsonNode status, PrintWriter out, ZoneId zone) {
        JsonNode external = status.path("externalRecipients");
        if (external.isObject()) {
            out.printf(
                    "tenant: %s/%s external recipients in 24 hours%n",
                    text(external, "usedLastDay"), text(external, "perDay"));
        }
        String until = Times.local(status.path("externalMailParkedUntil"), zone);
        if (!until.isEmpty()) {
            out.println(Text.clean("mail to external recipients waits until " + until + ", internal mail goes on: "
                    + text(status, "externalMailReason")));
        }
    }

    private static String used(JsonNode t, String used, String limit) {
        return text(t, used) + (t.path(limit).asLong() > 0 ? "/" + text(t, limit) : "");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).isNull() ? "" : node.path(field).asText();
    }
}
