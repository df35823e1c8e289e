package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

/** Every command line that README and the pages show is one that the program takes. */
class DocumentedCommandsTest {
    /** To the end of the line, of the inline code, or of the command in a shell pipeline. */
    private static final Pattern COMMAND = Pattern.compile("\\./m365-mail ((?:\"[^\"\\n]*\"|[^\"`\\n|#;)])*)");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @Test
    void everyCommandParses() throws IOException {
        List<String> refused = new ArrayList<>();
        int commands = 0;
        for (Path page : pages()) {
            Matcher m = COMMAND.matcher(Files.readString(page));
            while (m.find()) {
                commands++;
                try {
                    Cli.commandLine().parseArgs(words(m.group(1)));
                } catch (ParameterException e) {
                    refused.add(page + ": " + m.group().strip() + ": " + e.getMessage());
                }
            }
        }
        assertThat(refused).isEmpty();
        assertThat(commands).isGreaterThan(20);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            docs.filter(p -> p.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    private static String[] words(String line) {
        return WORD.matcher(line)
                .results()
                .map(r -> r.group(1) != null ? r.group(1) : r.group(2))
                .toArray(String[]::new);
    }
}
