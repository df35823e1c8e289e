package io.m365mail.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code move}: hands a queue to another transport. A delivery that may have gone out already stays. */
@Command(
        name = "move",
        description =
                "Lets another transport have the queue of a transport, also what comes later, until it is resumed.",
        mixinStandardHelpOptions = true)
final class MoveCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(index = "0", paramLabel = "FROM", description = "Transport whose queue it is.")
    private String from;

    @Parameters(index = "1", paramLabel = "TO", description = "Transport that gets it.")
    private String to;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        config.api()
                .post(
                        "/api/transports/" + ApiClient.encode(from) + "/move?to=" + ApiClient.encode(to),
                        BodyPublishers.noBody());
        spec.commandLine()
                .getOut()
                .println("the queue of " + from + " goes to " + to + "; m365-mail resume " + from + " ends it");
        return Cli.FINE;
    }
}
