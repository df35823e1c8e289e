package io.m365mail.cli;

import io.m365mail.config.ConfigException;
import io.m365mail.terminal.Text;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code m365-mail}: names its sub-commands, and turns what they throw into a sentence and an exit code. */
@Command(
        name = "m365-mail",
        description = "Takes mail from devices and applications and sends it through Exchange Online.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            SandboxCommand.class,
            ExplainCommand.class,
            SendCommand.class,
            StatusCommand.class,
            HoldCommand.class,
            ResumeCommand.class,
            MoveCommand.class,
            DeadCommand.class,
            ScheduledCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class,
        footer = {
            "",
            "Exit codes: 0 fine, 1 something checked is not fine, 2 usage or configuration.",
            "m365-mail COMMAND --help explains a command."
        })
public final class Cli implements Callable<Integer> {
    static final int FINE = 0;
    static final int NOT_FINE = 1;
    static final int USAGE = 2;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        Logging.useBuiltIn();
        System.exit(commandLine().execute(args));
    }

    /** The commands, ready to execute; output goes where the caller sets it. */
    static CommandLine commandLine() {
        return new CommandLine(new Cli()).setExecutionExceptionHandler(Cli::explain);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return USAGE;
    }

    private static int explain(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof ConfigException) {
            err.println(e.getMessage());
            return USAGE;
        }
        if (e instanceof CommandException c) {
            err.println("m365-mail: " + c.getMessage());
            return c.exitCode();
        }
        // A fault of ours: the class and the trace help whoever reports it.
        err.println("m365-mail: " + Text.clean(e.toString()));
        if (Boolean.getBoolean("m365.trace")) {
            e.printStackTrace(err);
        } else {
            err.println("(M365_JAVA_OPTS=-Dm365.trace=true shows where)");
        }
        return NOT_FINE;
    }

    /** The version that the jar carries. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"m365-mail-routes " + (version == null ? "(development)" : version)};
        }
    }
}
