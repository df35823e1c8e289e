package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead replay}: sends dead letters to their transports again, as new as when they were accepted. */
@Command(
        name = "replay",
        description = "Sends dead letters again, those named or all of them.",
        mixinStandardHelpOptions = true)
final class DeadReplayCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids, as dead list shows them.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (all != ids.isEmpty()) {
            throw CommandException.usage("name the dead letters to replay, or use --all: one of the two");
        }
        ApiClient api = config.api();
        if (all) {
            JsonNode answer = api.post("/api/dead/replay-all", BodyPublishers.noBody());
            print(answer.path("replayed").asLong());
            return Cli.FINE;
        }
        return DeadIds.each(
                ids,
                id -> api.post("/api/dead/" + ApiClient.encode(id) + "/replay", BodyPublishers.noBody())
                        .path("replayed")
                        .asLong(),
                this::print,
                spec.commandLine().getErr());
    }

    private void print(long replayed) {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("replayed", replayed);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? result.toPrettyString()
                                : replayed + (replayed == 1 ? " dead letter" : " dead letters") + " sent again");
    }
}
