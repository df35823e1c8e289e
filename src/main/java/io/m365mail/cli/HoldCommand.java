package io.m365mail.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hold}: a transport sends nothing until {@code resume}, also after a restart; nothing is lost meanwhile. */
@Command(
        name = "hold",
        description = "Holds a transport by hand: its queue waits until it is resumed.",
        mixinStandardHelpOptions = true)
final class HoldCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(paramLabel = "NAME", description = "Name of the transport.")
    private String name;

    @Option(names = "--reason", description = "Why, for whoever looks at the status.")
    private String reason = "";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        config.api()
                .post(
                        "/api/transports/" + ApiClient.encode(name) + "/hold?reason=" + ApiClient.encode(reason),
                        BodyPublishers.noBody());
        spec.commandLine().getOut().println("transport " + name + " on hold; m365-mail resume " + name + " ends it");
        return Cli.FINE;
    }
}
