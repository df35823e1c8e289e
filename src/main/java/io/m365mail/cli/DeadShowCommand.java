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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead show}: one dead letter with each recipient's reply and the message's headers. */
@Command(name = "show", description = "Shows one dead letter.", mixinStandardHelpOptions = true)
final class DeadShowCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(paramLabel = "ID", description = "Id, as dead list shows it.")
    private String id;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ApiClient api = config.api();
        JsonNode item = api.get("/api/dead/" + ApiClient.encode(id));
        if (json) {
            out.println(api.pretty(item));
            return Cli.FINE;
        }
        line(out, "id", item.path("id").asText());
        line(out, "died", Times.local(item.path("at"), ZoneId.systemDefault()));
        line(out, "reason", item.path("reason").asText(""));
        line(out, "message", item.path("submission").asText(""));
        line(out, "source", item.path("source").asText(""));
        line(out, "transport", item.path("transport").asText(""));
        line(out, "attempts", item.path("attempts").asText(""));
        line(out, "size", item.path("size").asText("") + " bytes");
        line(
                out,
                "from",
                item.path("from").asText().isEmpty() ? "<>" : item.path("from").asText());
        out.println();
        Table table = new Table("RECIPIENT", "STAGE", "REPLY");
        for (JsonNode r : item.path("recipients")) {
            table.row(
                    r.path("address").asText(""),
                    r.path("stage").asText(""),
                    r.path("reply").asText(""));
        }
        table.print(out);
        out.println();
        item.path("headers")
                .asText("")
                .lines()
                .map(h -> Text.clean(h.replace('\t', ' ')))
                .forEach(out::println);
        return Cli.FINE;
    }

    private static void line(PrintWriter out, String name, String value) {
        out.println(String.format("%-10s %s", name + ":", Text.clean(value)).stripTrailing());
    }
}
