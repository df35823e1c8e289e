package io.m365mail.cli;

import io.m365mail.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: everything in this process, against the sandbox, in a folder of its own. The folder is removed at the end,
 * but for a demo that failed: its log is needed then. Ctrl-C reaches the shutdown hook, which lets the demo release what it
 * holds.
 */
@Command(
        name = "demo",
        description =
                "Feeds messages through every source, against a sandbox on this machine, and shows them arrive. Nothing"
                        + " leaves the machine and nothing of it stays.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  m365-mail demo", "  m365-mail demo --keep"})
final class DemoCommand implements Callable<Integer> {
    private static final long STOP_SECONDS = 30;

    /** Every command takes it; the demo has a configuration of its own. */
    @Mixin
    private ConfigOption config;

    @Option(names = "--keep", description = "Stay up afterwards, until Ctrl-C.")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path folder = Files.createTempDirectory("m365-mail-demo-");
        Path log = folder.resolve("m365-mail.log");
        Logging.useFile(log);
        Demo demo = new Demo(folder);
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        Thread hook = new Thread(() -> stop(demo, ended), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean fine = false;
        try {
            fine = demo.run(out, keep) == 0;
        } finally {
            out.println();
            out.println(fine ? farewell() : "The log is in " + log);
            out.flush();
            if (fine) {
                remove(folder, out);
            }
            ended.complete(fine ? Cli.FINE : Cli.NOT_FINE);
            leave(hook);
        }
        return fine ? Cli.FINE : Cli.NOT_FINE;
    }

    private String farewell() {
        return keep
                ? "Stopped."
                : "Next: ./m365-mail demo --keep stays up, to try the commands on it. README.md leads from here to"
                        + System.lineSeparator() + "your first message to a real tenant.";
    }

    private static void stop(Demo demo, CompletableFuture<Integer> ended) {
        demo.stop();
        int code = ended.completeOnTimeout(Cli.NOT_FINE, STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        // Without this the JVM would report the signal, and not how the demo went.
        Runtime.getRuntime().halt(code);
    }

    /** The demo ended by itself: nothing is left to stop. */
    private static void leave(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook runs already; it ends the process.
        }
    }

    private static void remove(Path folder, PrintWriter out) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        } catch (IOException e) {
            // On some systems a log that is open cannot be removed.
            out.println("Not everything of " + folder + " could be removed: " + e.getMessage());
        }
    }
}
