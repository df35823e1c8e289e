package io.m365mail.cli;

import io.m365mail.app.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: everything in this process, against the sandbox. */
@Command(
        name = "demo",
        description =
                "Feeds one message through every source and transport, against a sandbox on this machine, and shows"
                        + " them arrive. Nothing leaves the machine and nothing of it stays.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  m365-mail demo", "  m365-mail demo --keep"})
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Option(names = "--keep", description = "Stay up afterwards, until Ctrl-C.")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Logging.useFolder(config.folder());
        return new Demo().run(spec.commandLine().getOut(), keep);
    }
}
