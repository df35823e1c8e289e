package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages say of keys and files is so: every key is in the catalogue, every link leads somewhere. */
class DocumentationTest {
    private static final Pattern KEY = Pattern.compile("(?<![\\w./-])m365\\.[a-z][a-z0-9-]*(?:\\.[a-z0-9<>-]+)*");
    /** Names of queues, of files and of this program's own system properties begin as keys do. */
    private static final Set<String> NO_KEYS = Set.of(
            "m365.outcome.<source>",
            "m365.submit",
            "m365.scheduled",
            "m365.dead",
            "m365.events",
            "m365.mail",
            "m365.once",
            "m365.mv.db",
            "m365.regenerate",
            "m365.trace");

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern PROPERTIES = Pattern.compile("(?s)```properties\\n(.*?)```");

    @TempDir
    private Path folder;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            docs.filter(p -> p.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    @Test
    void everyKeyIsInTheCatalogue() throws IOException {
        List<String> unknown = new ArrayList<>();
        int keys = 0;
        for (Path page : pages()) {
            Matcher m = KEY.matcher(Files.readString(page));
            while (m.find()) {
                keys++;
                if (!known(m.group())) {
                    unknown.add(page + ": " + m.group());
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(keys).isGreaterThan(100);
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher m = LINK.matcher(Files.readString(page));
            while (m.find()) {
                if (!Files.exists(page.toAbsolutePath().resolveSibling(m.group(1)))) {
                    broken.add(page + ": " + m.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theFirstConfigurationOfTheReadmeHasNoMistakes() throws Exception {
        Matcher m = PROPERTIES.matcher(Files.readString(Path.of("README.md")));
        assertThat(m.find()).isTrue();
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config").resolve(ConfigLoader.FILE), m.group(1));
        var loader = new ConfigLoader(name -> name.equals("M365_CLIENT_SECRET") ? "a~Value" : null, () -> "relay");
        assertThat(loader.load(folder.resolve("config")).transports()).hasSize(1);
    }

    /** Each example of the page on rewriting is a configuration of its own. */
    @Test
    void theRulesOfThePageOnRewritingHaveNoMistakes() throws Exception {
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(config.resolve("senders.txt"), "*@contoso.local = *@contoso.com\n");
        Files.writeString(config.resolve("footer.txt"), "Contoso Ltd\n");
        Files.writeString(config.resolve("footer.html"), "<p>Contoso Ltd</p>\n");
        Matcher m = PROPERTIES.matcher(Files.readString(Path.of("docs/rewriting.md")));
        int examples = 0;
        while (m.find()) {
            Files.writeString(config.resolve(ConfigLoader.FILE), m.group(1));
            assertThat(new ConfigLoader().load(config).rewrites()).isNotEmpty();
            examples++;
        }
        assertThat(examples).isGreaterThan(5);
    }

    private static boolean known(String key) {
        if (NO_KEYS.contains(key)) {
            return true;
        }
        String[] part = key.split("\\.", 4);
        return switch (part[1]) {
            case "source" ->
                part.length == 4 && keys(Catalogue.SOURCES.values()).contains(part[3]);
            case "transport" ->
                part.length == 4 && keys(Catalogue.TRANSPORTS.values()).contains(part[3]);
            case "route" ->
                part.length == 4
                        && RuleOptions.ALL.stream().anyMatch(o -> o.key().equals(part[3]));
            case "rewrite" ->
                part.length == 4 && (RewriteOptions.isKnown(part[3]) || RewriteOptions.isKnown(part[3] + "."));
            default -> GeneralOptions.ALL.stream().anyMatch(o -> ("m365." + o.key()).equals(key));
        };
    }

    private static <T> Set<String> keys(Iterable<ConfigType<T>> types) {
        Set<String> keys = new TreeSet<>(Set.of("type", "enabled"));
        types.forEach(t -> t.options().forEach(o -> keys.add(o.key())));
        return keys;
    }
}
