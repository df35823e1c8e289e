package io.m365mail.cli;

import io.m365mail.app.Bundle;
import io.m365mail.config.BundleConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code run}: holds the bundle in the foreground. SIGTERM and SIGINT reach the JVM's shutdown hook, which stops the
 * bundle (it drains what is in delivery) and then ends the process with 0, or 1 when stopping failed; without that the JVM
 * would report 143.
 */
@Command(
        name = "run",
        description = "Runs the bundle in the foreground; SIGTERM or Ctrl-C drains and stops it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  m365-mail run", "  m365-mail run --config /etc/m365-mail"})
final class RunCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Logging.useFolder(config.folder());
        BundleConfig bound = config.load();
        PrintWriter out = spec.commandLine().getOut();
        Bundle bundle = new Bundle(bound);
        CountDownLatch asked = new CountDownLatch(1);
        Thread hook = new Thread(() -> stopAndEnd(bundle, asked, out), "stop");
        // Registered before the start, so that a Ctrl-C during a slow start releases what has started already.
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            bundle.start();
        } catch (Exception e) {
            if (!forget(hook)) {
                // Somebody stops the process while it starts: the hook ends it.
                asked.await();
                return Cli.NOT_FINE;
            }
            stopQuietly(bundle, e);
            LoggerFactory.getLogger(RunCommand.class).debug("The start failed", e);
            throw CommandException.notFine("the bundle did not start: " + sentence(e));
        }
        out.println(ready(bound));
        out.flush();
        asked.await();
        // The hook ends the process; waiting for it here would wait for ever, so the thread just returns.
        return Cli.FINE;
    }

    private static boolean forget(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** What went wrong, without the names of the exceptions that only wrap it. */
    private static String sentence(Throwable e) {
        Throwable cause = e.getCause();
        boolean wrapper =
                cause != null && (e.getMessage() == null || e.getMessage().equals(cause.toString()));
        if (wrapper) {
            return sentence(cause);
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static void stopAndEnd(Bundle bundle, CountDownLatch asked, PrintWriter out) {
        int code = Cli.FINE;
        try {
            bundle.stop();
            out.println("stopped");
        } catch (Exception e) {
            LoggerFactory.getLogger(RunCommand.class).error("The bundle did not stop cleanly", e);
            code = Cli.NOT_FINE;
        }
        out.flush();
        asked.countDown();
        Runtime.getRuntime().halt(code);
    }

    private static void stopQuietly(Bundle bundle, Exception start) {
        try {
            bundle.stop();
        } catch (Exception e) {
            start.addSuppressed(e);
        }
    }

    static String ready(BundleConfig config) {
        String sources = config.sources().stream()
                .map(s -> s.name() + " (" + CheckCommand.Listing.place(s) + ")")
                .collect(Collectors.joining(", "));
        String transports = config.transports().stream()
                .map(t -> t.name() + " (" + t.place() + ")")
                .collect(Collectors.joining(", "));
        return "ready: sources " + (sources.isEmpty() ? "none" : sources) + "; transports "
                + (transports.isEmpty() ? "none" : transports) + "; API " + ApiClient.base(config.management());
    }
}
