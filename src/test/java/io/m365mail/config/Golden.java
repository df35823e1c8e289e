package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files in the repository that a test compares with what the code yields, and writes anew when it is told to. */
final class Golden {
    static final String COMMAND = "./mvnw -q -B test -Dtest='Config*Test' -Dm365.regenerate=true";

    private Golden() {}

    static void check(Path file, String actual) throws IOException {
        if (Boolean.getBoolean("m365.regenerate")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(file).exists();
        assertThat(Files.readString(file))
                .as("%s is out of date; look at the difference, and regenerate it with %s", file, COMMAND)
                .isEqualTo(actual);
    }
}
