package io.m365mail.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code resume}: a transport goes on at once, without waiting for a probe. */
@Command(
        name = "resume",
        description = "Ends a hold, a park or a move: the transport serves its own queue again.",
        mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Parameters(paramLabel = "NAME", description = "Name of the transport.")
    private String name;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        config.api().post("/api/transports/" + ApiClient.encode(name) + "/resume", BodyPublishers.noBody());
        spec.commandLine().getOut().println("transport " + name + " resumed");
        return Cli.FINE;
    }
}
