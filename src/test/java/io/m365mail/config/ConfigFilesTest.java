package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that are generated from the catalogue are those in the repository, and say what the binder does. */
class ConfigFilesTest {
    private static final Path PROPERTIES = Path.of("config/application.properties");

    @Test
    void thePropertiesFileIsUpToDate() throws IOException {
        Golden.check(PROPERTIES, CatalogueText.properties());
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        Golden.check(Path.of("docs/configuration.md"), CatalogueText.page());
    }

    @Test
    void theFileAsItIsShippedIsTheBuiltInConfiguration(@TempDir Path dir) throws Exception {
        Path empty = Files.createDirectories(dir.resolve("config"));
        Files.writeString(empty.resolve(ConfigLoader.FILE), "");
        Path shipped = Files.createDirectories(dir.resolve("shipped"));
        Files.writeString(shipped.resolve(ConfigLoader.FILE), CatalogueText.properties());
        assertThat(new ConfigLoader().load(shipped)).isEqualTo(new ConfigLoader().load(empty));
    }

    /** Each default in the file is one that the binder takes and that changes nothing. */
    @Test
    void everyCommentedDefaultMayBeUncommented(@TempDir Path dir) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String line : CatalogueText.properties().split("\n")) {
            if (line.matches("#m365\\.[^=]+=.+")
                    && !line.startsWith("#m365.route.")
                    && !line.startsWith("#m365.source.scan.")) {
                lines.add(line.substring(1));
            }
        }
        Map<String, String> needed = Map.of(
                "m365.transport.alerts.mailbox", "alerts@contoso.com",
                "m365.transport.alerts.tenant-id", "contoso.com",
                "m365.transport.alerts.client-id", "0f1e2d3c-0000-4000-8000-0123456789ab",
                "m365.transport.alerts.client-secret", "x",
                "m365.transport.onprem.host", "mail.contoso.com",
                "m365.source.database.url", "jdbc:h2:mem:orders",
                "m365.source.mailbox.mailbox", "desk@contoso.com",
                "m365.source.mailbox.tenant-id", "contoso.com",
                "m365.source.mailbox.client-id", "0f1e2d3c-0000-4000-8000-0123456789ab",
                "m365.source.mailbox.client-secret", "x");
        lines.add("m365.domains=contoso.com");
        needed.forEach((k, v) -> lines.add(k + "=" + v));
        Path config = Files.createDirectories(dir.resolve("config"));
        Files.write(config.resolve(ConfigLoader.FILE), lines);
        BundleConfig all = new ConfigLoader().load(config);
        Files.writeString(config.resolve(ConfigLoader.FILE), "");
        BundleConfig none = new ConfigLoader().load(config);
        assertThat(lines).hasSizeGreaterThan(40);
        assertThat(all.sources())
                .containsAll(none.sources())
                .hasSize(none.sources().size() + 2);
        assertThat(all.broker()).isEqualTo(none.broker());
        assertThat(all.retry()).isEqualTo(none.retry());
        assertThat(all.transports()).hasSize(4);
    }
}
