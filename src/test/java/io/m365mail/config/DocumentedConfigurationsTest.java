package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration that README and the pages show passes {@code check}: alone, or together with what stands before it
 * on its page ("in addition to"). The files and variables that it names are there.
 */
class DocumentedConfigurationsTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```properties\\n(.*?)^ *```");
    private static final Pattern SETTING = Pattern.compile("(?m)^ *(m365\\.[^=\\s]+)=(.*)$");
    private static final Pattern STORE = Pattern.compile("(?:key-store|trust-store|certificate)=(\\S+)");
    private static final Pattern SECRET = Pattern.compile("\\{\\{file:([^}]+)}}");
    private static final Pattern LIST = Pattern.compile("[=,] *file:([^,\\s]+)");

    /** Of the store that stands for each key store. */
    private static final String PASSWORD = "correct-horse";

    @TempDir
    private Path home;

    static Stream<Path> pages() throws IOException {
        List<Path> shown = new ArrayList<>();
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            for (Path page : Stream.concat(Stream.of(Path.of("README.md")), docs.sorted())
                    .toList()) {
                if (BLOCK.matcher(Files.readString(page)).find()) {
                    shown.add(page);
                }
            }
        }
        assertThat(shown).hasSizeGreaterThan(6);
        return shown.stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void passCheck(Path page) throws IOException {
        Files.createDirectories(home.resolve("config"));
        Map<String, String> before = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
            Map<String, String> settings = settings(block.group(1));
            before.putAll(settings);
            String alone = mistakes(settings);
            if (!alone.isEmpty() && !mistakes(before).isEmpty()) {
                refused.add(block.group() + "\nalone: " + alone + "\nwith what is before it: " + mistakes(before));
            }
        }
        assertThat(refused).isEmpty();
    }

    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new LinkedHashMap<>();
        Matcher m = SETTING.matcher(text);
        while (m.find()) {
            settings.put(m.group(1), m.group(2));
        }
        return settings;
    }

    private String mistakes(Map<String, String> settings) throws IOException {
        var text = new StringBuilder();
        settings.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        files(STORE, text, Files.readAllBytes(Path.of("src/test/resources/config/stores/key.p12")));
        files(SECRET, text, PASSWORD.getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, String> each : settings.entrySet()) {
            files(LIST, "=" + each.getValue(), line(each.getKey()).getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(home.resolve("config").resolve(ConfigLoader.FILE), text);
        try {
            new ConfigLoader(name -> PASSWORD, () -> "relay").load(home.resolve("config"));
            return "";
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    /** What a file of this key has a line for. */
    private static String line(String key) {
        if (key.endsWith(".users")) {
            return "hugo:" + PASSWORD;
        }
        return key.endsWith(".map-from") || key.endsWith(".aliases")
                ? "hugo@contoso.com = ida@contoso.com"
                : "hugo@contoso.com";
    }

    private void files(Pattern names, CharSequence text, byte[] content) throws IOException {
        Matcher m = names.matcher(text);
        while (m.find()) {
            Path file = home.resolve(m.group(1));
            assertThat(file).as("below the folder of the installation").startsWithRaw(home);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
    }
}
