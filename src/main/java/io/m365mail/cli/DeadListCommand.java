package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.terminal.Table;
import io.m365mail.terminal.Text;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead list}: one line for each dead letter. */
@Command(name = "list", description = "Lists dead letters.", mixinStandardHelpOptions = true)
final class DeadListCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit = 100;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw CommandException.usage("--limit has to be 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        ApiClient api = config.api();
        JsonNode list = api.get("/api/dead?limit=" + limit);
        if (json) {
            out.println(api.pretty(list));
            return Cli.FINE;
        }
        if (list.path("items").isEmpty()) {
            out.println("no dead letters");
            return Cli.FINE;
        }
        Table table = new Table("ID", "DIED", "SOURCE", "TRANSPORT", "FROM", "RECIPIENTS", "REASON", "SUBJECT");
        for (JsonNode item : list.path("items")) {
            table.row(
                    item.path("id").asText(),
                    Times.local(item.path("at"), ZoneId.systemDefault()),
                    item.path("source").asText(""),
                    item.path("transport").asText(""),
                    item.path("from").asText().isEmpty()
                            ? "<>"
                            : item.path("from").asText(),
                    recipients(item.path("recipients")),
                    Text.shorten(item.path("reason").asText(""), 60),
                    Text.shorten(item.path("subject").asText(""), 40));
        }
        table.print(out);
        long total = list.path("total").asLong();
        if (total > list.path("items").size()) {
            out.println();
            out.println(list.path("items").size() + " of " + total + " are shown; --limit " + total + " shows all");
        }
        return Cli.FINE;
    }

    private static String recipients(JsonNode recipients) {
        String first = recipients.path(0).path("address").asText("");
        return recipients.size() > 1 ? first + " +" + (recipients.size() - 1) : first;
    }
}
