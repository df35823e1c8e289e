package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.terminal.Table;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scheduled list}: what is due first, first. */
@Command(name = "list", description = "Lists scheduled messages.", mixinStandardHelpOptions = true)
final class ScheduledListCommand implements Callable<Integer> {
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
        JsonNode list = api.get("/api/scheduled");
        if (json) {
            out.println(api.pretty(list));
            return Cli.FINE;
        }
        if (list.path("items").isEmpty()) {
            out.println("no scheduled messages");
            return Cli.FINE;
        }
        Table table = new Table("ID", "DUE", "SOURCE", "FROM", "RECIPIENTS", "SUBMITTER'S ID");
        for (JsonNode item : list.path("items")) {
            table.row(
                    item.path("id").asText(),
                    Times.local(item.path("sendAt"), ZoneId.systemDefault()),
                    item.path("source").asText(""),
                    item.path("from").asText().isEmpty()
                            ? "<>"
                            : item.path("from").asText(),
                    item.path("recipients").asText(),
                    item.path("submitterId").asText(""));
        }
        table.print(out);
        return Cli.FINE;
    }
}
