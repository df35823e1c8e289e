package io.m365mail.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code scheduled cancel}: takes scheduled messages back. Only by id: there is no cancelling of all. */
@Command(name = "cancel", description = "Cancels scheduled messages.", mixinStandardHelpOptions = true)
final class ScheduledCancelCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(
            paramLabel = "ID",
            arity = "1..*",
            description = "Ids, as scheduled list shows them: ours or the submitter's.")
    private List<String> ids;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ApiClient api = config.api();
        return DeadIds.each(
                ids,
                id -> api.delete("/api/scheduled/" + ApiClient.encode(id))
                        .path("cancelled")
                        .asLong(),
                this::print,
                spec.commandLine().getErr());
    }

    private void print(long cancelled) {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("cancelled", cancelled);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? result.toPrettyString()
                                : cancelled + (cancelled == 1 ? " message" : " messages") + " cancelled");
    }
}
