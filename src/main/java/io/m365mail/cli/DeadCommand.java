package io.m365mail.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dead}: looks through the dead letters of a running bundle, sends them again or drops them. */
@Command(
        name = "dead",
        description = "Dead letters of the running bundle: messages and recipients that could not be delivered.",
        subcommands = {DeadListCommand.class, DeadShowCommand.class, DeadReplayCommand.class, DeadDropCommand.class},
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  m365-mail dead list",
            "  m365-mail dead show 01HX7",
            "  m365-mail dead replay 01HX7 01HX8",
            "  m365-mail dead replay --all",
            "  m365-mail dead drop 01HX7"
        })
final class DeadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Cli.USAGE;
    }
}
