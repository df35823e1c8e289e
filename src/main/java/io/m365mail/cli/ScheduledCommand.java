package io.m365mail.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code scheduled}: looks through what a running bundle keeps until its time, or cancels it. */
@Command(
        name = "scheduled",
        description = "Messages of the running bundle that wait for the time they are to be sent at.",
        subcommands = {ScheduledListCommand.class, ScheduledCancelCommand.class},
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  m365-mail scheduled list",
            "  m365-mail scheduled cancel 01HX7",
            "  m365-mail scheduled cancel appointment-4711"
        })
final class ScheduledCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Cli.USAGE;
    }
}
