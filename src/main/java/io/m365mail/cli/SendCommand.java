package io.m365mail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.mail.Addresses;
import io.m365mail.terminal.Text;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code send}: submits one message to the running bundle. */
@Command(
        name = "send",
        description = "Submits one message to the running bundle and prints its id.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  m365-mail send --from alerts@contoso.com --to admin@contoso.com --subject Test note.txt",
            "  df -h | m365-mail send --from alerts@contoso.com --to admin@contoso.com,ops@contoso.com --subject Disks",
            "  m365-mail send --from alerts@contoso.com --to admin@contoso.com ready.eml"
        })
final class SendCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config;

    @Option(names = "--from", required = true, paramLabel = "ADDRESS", description = "Sender.")
    private String from;

    @Option(
            names = "--to",
            required = true,
            split = ",",
            paramLabel = "ADDRESS",
            description = "Recipient; repeat it, or separate several with commas.")
    private List<String> to;

    @Option(names = "--subject", paramLabel = "TEXT", description = "Subject; not with an .eml file.")
    private String subject;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "Text of the message in UTF-8; without it, or with -, standard input. A file that ends in .eml is"
                            + " a whole RFC 5322 message and is sent as it is.")
    private String file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        check("--from", from);
        to = to.stream().map(String::strip).toList();
        for (String address : to) {
            check("--to", address);
        }
        boolean whole = file != null && file.toLowerCase(Locale.ROOT).endsWith(".eml");
        if (whole && subject != null) {
            throw CommandException.usage("--subject cannot be used with an .eml file, which is sent as it is");
        }
        if (subject != null && subject.chars().anyMatch(Character::isISOControl)) {
            throw CommandException.usage("--subject has a line break or another control character in it");
        }
        ApiClient api = config.api();
        BodyPublisher body =
                whole ? wholeFile() : BodyPublishers.ofByteArray(PlainMessage.build(from, to, subject, text()));
        String recipients = to.stream().map(a -> "&to=" + ApiClient.encode(a)).collect(Collectors.joining());
        JsonNode answer = api.post("/api/submit?from=" + ApiClient.encode(from) + recipients, body);
        spec.commandLine()
                .getOut()
                .println(Text.clean("accepted as " + answer.path("id").asText()));
        return Cli.FINE;
    }

    private static void check(String option, String address) throws CommandException {
        String problem = Addresses.problem(address);
        if (problem != null) {
            throw CommandException.usage(option + " " + address + ": " + problem);
        }
    }

    private BodyPublisher wholeFile() throws CommandException {
        try {
            return BodyPublishers.ofFile(Path.of(file));
        } catch (FileNotFoundException e) {
            throw CommandException.usage(file + " does not exist or cannot be read");
        }
    }

    private byte[] text() throws CommandException {
        try (InputStream in = file == null || file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw CommandException.usage(file + " does not exist or cannot be read");
        }
    }
}
