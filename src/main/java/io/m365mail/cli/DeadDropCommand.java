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

/** {@code dead drop}: forgets dead letters for good. Only by id: there is no dropping of all. */
@Command(name = "drop", description = "Removes dead letters for good.", mixinStandardHelpOptions = true)
final class DeadDropCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids, as dead list shows them.")
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
                id -> api.delete("/api/dead/" + ApiClient.encode(id))
                        .path("dropped")
                        .asLong(),
                this::print,
                spec.commandLine().getErr());
    }

    private void print(long dropped) {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("dropped", dropped);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? result.toPrettyString()
                                : dropped + (dropped == 1 ? " dead letter" : " dead letters") + " dropped");
    }
}
