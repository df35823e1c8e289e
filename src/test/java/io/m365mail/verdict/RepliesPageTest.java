package io.m365mail.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page shows what the table says; {@code -Dregenerate} writes it anew. */
class RepliesPageTest {
    private static final Path PAGE = Path.of("docs/replies.md");

    @Test
    void pageAndTableAreTheSame() throws IOException {
        String page = RepliesPage.write(VerdictTable.load().rows());
        if (System.getProperty("regenerate") != null) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/replies.md differs from verdicts.yaml; regenerate it: " + RepliesPage.COMMAND)
                .exists()
                .hasContent(page);
    }
}
