package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each {@code bad/*.properties} yields exactly the messages of the {@code .expected} file beside it. */
class ConfigMistakesTest {
    private static final Path HOME = Path.of("src/test/resources");
    private static final Path BAD = HOME.resolve("config/bad");
    private static final Map<String, String> ENVIRONMENT = Map.of("EMPTY", "");

    static List<Path> bad() throws IOException {
        try (Stream<Path> files = Files.list(BAD)) {
            return files.filter(f -> f.toString().endsWith(".properties"))
                    .map(Path::getFileName)
                    .sorted()
                    .toList();
        }
    }

    private static ConfigException load(Path file) {
        ConfigLoader loader = new ConfigLoader(ENVIRONMENT::get, () -> "test-host");
        return catchThrowableOfType(ConfigException.class, () -> loader.load(BAD.resolve(file), HOME.toAbsolutePath()));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void saysExactlyWhatIsWrong(Path file) throws IOException {
        ConfigException e = load(file);
        assertThat(e).as("%s has to be refused", file).isNotNull();
        String text = e.mistakes().stream().map(Mistake::text).collect(Collectors.joining("\n", "", "\n"));
        Golden.check(BAD.resolve(file.toString().replace(".properties", ".expected")), text);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void neverShowsASecret(Path file) {
        ConfigException e = load(file);
        assertThat(e.getMessage() + e.mistakes())
                .doesNotContain("hunter2", "correct-horse", "battery-staple", "a secret that lost its key");
        for (Mistake m : e.mistakes()) {
            assertThat(m.reason()).isNotBlank();
            assertThat(m.cure()).isNotBlank();
            assertThat(m.text()).doesNotContain("null");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        ConfigException e =
                catchThrowableOfType(ConfigException.class, () -> new ConfigLoader().load(Path.of("no/such/folder")));
        assertThat(e.getMessage()).contains("no/such/folder").contains("--config DIR");
    }
}
