package io.m365mail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.m365mail.verdict.Explain;
import io.m365mail.verdict.Explanation;
import io.m365mail.verdict.VerdictTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m365-mail explain}: exit code 0 where the table knows the reply, 1 where it does not. */
@Command(
        name = "explain",
        description = "Says what a pasted SMTP reply, log line, bounce or token error means and what to do.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  m365-mail explain \"550 5.7.60 SMTP; Client does not have permissions to send as this sender\"",
            "  m365-mail explain 5.7.708",
            "  m365-mail explain - < bounce.eml"
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final int WIDTH = 100;
    /** More than {@link Explain} reads, whatever the characters take. */
    private static final int MOST_BYTES = 256 * 1024;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "REPLY",
            arity = "1..*",
            description = "The text; several words are joined. - reads standard input.")
    private List<String> words;

    /** Every command takes it; the table is the same for all configurations. */
    @Mixin
    private ConfigOption config;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private final InputStream in;

    public ExplainCommand() {
        this(System.in);
    }

    ExplainCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        Explanation explanation = new Explain(VerdictTable.load()).explain(pasted());
        var out = spec.commandLine().getOut();
        out.print(json ? toJson(explanation) : explanation.render(WIDTH));
        out.flush();
        return explanation.known() ? Cli.FINE : Cli.NOT_FINE;
    }

    private String pasted() throws IOException {
        return words.equals(List.of("-"))
                ? new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)
                : String.join(" ", words);
    }

    private static String toJson(Explanation explanation) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(explanation)
                + System.lineSeparator();
    }
}
