package io.m365mail.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigException;
import io.m365mail.config.ConfigLoader;
import io.m365mail.config.ConnectorCertificate;
import io.m365mail.config.Mistake;
import io.m365mail.config.SourceConfig;
import io.m365mail.config.TransportConfig;
import io.m365mail.terminal.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: all mistakes of the configuration at once, or what it comes to. Nothing is started or connected. */
@Command(
        name = "check",
        description = "Reads the configuration only and reports every mistake at once.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  m365-mail check", "  m365-mail check --config /etc/m365-mail --json"})
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path file = config.folder().resolve(ConfigLoader.FILE);
        try {
            BundleConfig bound = config.load();
            if (json) {
                out.println(json(file, List.of(), warnings(bound)));
            } else {
                print(file, bound, out);
                warnings(bound).forEach(w -> out.println("\nWarning: " + w + "."));
            }
            return Cli.FINE;
        } catch (ConfigException e) {
            out.println(json ? json(file, e.mistakes(), List.of()) : e.getMessage());
            return Cli.USAGE;
        }
    }

    /** What may be meant so, but will not work with Exchange Online, or not for long. */
    private static List<String> warnings(BundleConfig config) throws IOException {
        List<String> all = new ArrayList<>();
        for (TransportConfig t : config.transports()) {
            if (t instanceof TransportConfig.Relay relay && relay.keyStore() != null) {
                all.addAll(ConnectorCertificate.of(relay).warnings(relay, Instant.now()));
            }
        }
        return all;
    }

    private static String json(Path file, List<Mistake> mistakes, List<String> warnings) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("ok", mistakes.isEmpty()).put("file", file.toString());
        root.set("mistakes", mapper.valueToTree(mistakes));
        root.set("warnings", mapper.valueToTree(warnings));
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }

    private static void print(Path file, BundleConfig config, PrintWriter out) {
        out.println(file + ": no mistakes");
        out.println("data below " + config.data() + ", routes "
                + (config.routes() == null ? "of the program" : "in " + config.routes()));
        out.println();
        Table sources = new Table("SOURCE", "TYPE", "TAKES MAIL FROM");
        config.sources().forEach(s -> sources.row(s.name(), Listing.type(s), Listing.place(s)));
        sources.print(out);
        out.println();
        if (config.transports().isEmpty()) {
            out.println("No transport is configured yet: nothing can be sent. Start with m365.transport.<name>.type.");
            return;
        }
        Table transports = new Table("TRANSPORT", "TYPE", "SENDS TO", "A MINUTE", "CONNECTIONS", "RECIPIENTS A DAY");
        for (TransportConfig t : config.transports()) {
            transports.row(
                    t.name(),
                    t.type(),
                    t.place(),
                    Listing.limit(t.limits().messagesPerMinute()),
                    t.limits().connections(),
                    Listing.limit(t.limits().recipientsPerDay()));
        }
        transports.print(out);
    }

    /** How parts of the configuration are named to people. */
    static final class Listing {
        private Listing() {}

        static String type(SourceConfig source) {
            return source.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }

        static String place(SourceConfig source) {
            if (source instanceof SourceConfig.Smtp s) {
                String address = s.address().contains(":") ? "[" + s.address() + "]" : s.address();
                return address + ":" + s.port() + (s.tls().equals("off") ? "" : " (tls=" + s.tls() + ")");
            }
            if (source instanceof SourceConfig.Folder f) {
                return f.path().toString();
            }
            if (source instanceof SourceConfig.Scan s) {
                return s.path() + " from " + s.from();
            }
            if (source instanceof SourceConfig.Database d) {
                return d.url().replaceAll("[?;].*", "");
            }
            if (source instanceof SourceConfig.Mailbox m) {
                return m.login().mailbox() + " at " + m.server().host() + ":"
                        + m.server().port();
            }
            return source instanceof SourceConfig.Jms j ? "queue " + j.queue() : "";
        }

        static String limit(int limit) {
            return limit == 0 ? "no limit" : Integer.toString(limit);
        }
    }
}
