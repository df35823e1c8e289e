package io.m365mail.cli;

import io.m365mail.sandbox.Sandbox;
import io.m365mail.terminal.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sandbox}: the demo tenant's Exchange Online in the foreground, for dry runs of a configuration. Prints the lines
 * that point transports at it, then one for each message that it takes or refuses. An interrupt ends it; a signal ends
 * the process, and with it all that it holds.
 */
@Command(
        name = "sandbox",
        description = "Runs a stand-in for Exchange Online on 127.0.0.1, and prints the configuration for it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  m365-mail sandbox", "  m365-mail sandbox --folder /tmp/sandbox --port 2000"})
final class SandboxCommand implements Callable<Integer> {
    /** Every command takes it; the sandbox has none. */
    @Mixin
    private ConfigOption config;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "data/sandbox",
            description = "Keeps its certificate and trust store. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "15870",
            description = "The first of five ports: submission, tokens, MX, High Volume Email, DNS. 0 takes free ones."
                    + " Default: ${DEFAULT-VALUE}.")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65_531) {
            throw CommandException.usage("--port is 0, or 1 to 65531, since five ports are taken from there on");
        }
        Logging.useFolder(config.folder());
        PrintWriter out = spec.commandLine().getOut();
        try (Sandbox sandbox = start()) {
            sandbox.mx().connector("sandbox", "127.0.0.1");
            sandbox.log().listen(line -> {
                out.println(Text.clean(line));
                out.flush();
            });
            out.println("m365.domains=contoso.com");
            out.println(sandbox.describe());
            out.println("# Ready. What it takes and refuses follows; Ctrl-C ends it.");
            out.flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        return Cli.FINE;
    }

    private Sandbox start() throws CommandException {
        boolean free = port == 0;
        try {
            return Sandbox.startDemo(Sandbox.builder(folder)
                    .ports(port, free ? 0 : port + 1)
                    .mx("127.0.0.1", free ? 0 : port + 2)
                    .otherPorts(free ? 0 : port + 3, free ? 0 : port + 4));
        } catch (IOException e) {
            throw CommandException.notFine("the sandbox did not start: " + e.getMessage()
                    + ". Is another one running? See --port and --folder");
        }
    }
}
