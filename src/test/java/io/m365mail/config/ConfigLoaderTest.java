package io.m365mail.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    private static final Path HOME = Path.of("src/test/resources").toAbsolutePath();
    private static final Map<String, String> ENVIRONMENT =
            Map.of("TOKEN", "0123456789abcdef", "APP_PASSWORD", "with,comma:and colon");

    private static BundleConfig load(String name) throws ConfigException {
        return new ConfigLoader(ENVIRONMENT::get, () -> "test-host").load(HOME.resolve("config/good/" + name), HOME);
    }

    @Test
    void anEmptyFileGivesTheBuiltInSources() throws ConfigException {
        BundleConfig config = load("empty.properties");
        assertThat(config.sources()).extracting(SourceConfig::name).containsExactly("folder", "jms", "smtp");
        SourceConfig.Smtp smtp = (SourceConfig.Smtp) config.sources().get(2);
        assertThat(smtp.address()).isEqualTo("127.0.0.1");
        assertThat(smtp.port()).isEqualTo(2525);
        assertThat(smtp.networks()).containsExactly("127.0.0.0/8", "::1/128");
        assertThat(smtp.maxMessageSize()).isEqualTo(157_286_400);
        assertThat(config.sources().get(0))
                .isEqualTo(new SourceConfig.Folder(
                        "folder", HOME.resolve("data/pickup"), java.time.Duration.ofSeconds(1)));
        assertThat(config.sources().get(1)).isEqualTo(new SourceConfig.Jms("jms", "m365.submit"));
        assertThat(config.transports()).isEmpty();
        assertThat(config.rules()).isEmpty();
        assertThat(config.hostname()).isEqualTo("test-host");
        assertThat(config.management()).isEqualTo(new BundleConfig.Management("127.0.0.1", 9876, null));
        assertThat(config.broker()).isEqualTo(new BundleConfig.Broker("embedded", null, null, "127.0.0.1:61616"));
        assertThat(config.retry())
                .isEqualTo(new BundleConfig.Retry(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(5)));
    }

    @Test
    void everyValueOfAFullFileArrives() throws ConfigException {
        BundleConfig config = load("full.properties");
        assertThat(config.domains()).containsExactly("contoso.com", "fabrikam.com");
        assertThat(config.hostname()).isEqualTo("relay.contoso.com");
        assertThat(config.broker().password()).isEqualTo(Secret.of("from-a-file"));
        assertThat(config.management().token()).isEqualTo(Secret.of("0123456789abcdef"));
        assertThat(config.retry().maximum()).isEqualTo(Duration.ofMinutes(90));
        assertThat(config.sources()).extracting(SourceConfig::name).containsExactly("folder", "invoices", "smtp");
        SourceConfig.Smtp smtp = (SourceConfig.Smtp) config.sources().get(2);
        assertThat(smtp.networks()).containsExactly("192.168.7.0/24", "10.1.2.3/32", "fe80::/10");
        assertThat(smtp.users())
                .containsExactly(
                        new SourceConfig.User("app", Secret.of("with,comma:and colon")),
                        new SourceConfig.User("printer", Secret.of("pa,ss:word")),
                        new SourceConfig.User("scanner", Secret.of("s3cret")));
        assertThat(smtp.maxMessageSize()).isEqualTo(35_000_000);
        TransportConfig.SmtpAuth alerts =
                (TransportConfig.SmtpAuth) config.transports().get(0);
        assertThat(alerts.target().host()).isEqualTo("smtp.office365.com");
        assertThat(alerts.target().port()).isEqualTo(587);
        assertThat(alerts.target().tls()).isEqualTo("require");
        assertThat(alerts.limits()).isEqualTo(new TransportConfig.Limits(30, 3, 10_000, 500, 100, 157_286_400));
        assertThat(alerts.senders()).containsExactly("alerts@contoso.com");
        assertThat(alerts.rewriteFrom()).isTrue();
        assertThat(alerts.authority()).isEqualTo("https://login.microsoftonline.com");
        assertThat(config.rules())
                .containsExactly(
                        new BundleConfig.Rule(2, List.of("*@alerts.contoso.com"), null, null, 9, "alerts"),
                        new BundleConfig.Rule(
                                10,
                                null,
                                List.of("file:" + HOME.resolve("config/stores/recipients.txt")),
                                null,
                                null,
                                "onprem"));
    }

    @Test
    void aStandInOnThisMachineMayDoWhatExchangeOnlineMayNot() throws ConfigException {
        TransportConfig a = load("sandbox.properties").transports().get(0);
        assertThat(a.limits().messagesPerMinute()).isEqualTo(6000);
        assertThat(a.limits().connections()).isEqualTo(20);
    }

    @Test
    void aFileSavedOnWindowsReadsTheSame() throws ConfigException {
        BundleConfig config = load("windows.properties");
        assertThat(config.hostname()).isEqualTo("relay.contoso.com");
        assertThat(config.data().toString()).endsWith("C:\\mail\\data");
    }

    @ParameterizedTest
    @CsvSource({
        "'m365.broker.password=a\\', 'b\\', 'c', abc",
        "'m365.broker.password=a\\\\', '', '', a\\",
        "'m365.broker.password=a\\\\\\', '  b', '', a\\b",
        "'m365.broker.password=a\\b\\\\c = #d', '# comment', '', 'a\\b\\\\c = #d'",
        "'m365.broker.password=a\\', '', '', a"
    })
    void backslashesCountAtTheEndOfALineOnly(String one, String two, String three, String value, @TempDir Path dir)
            throws Exception {
        Path file = dir.resolve(ConfigLoader.FILE);
        Files.writeString(file, "m365.broker.username=x\n" + one + "\n" + two + "\n" + three);
        assertThat(new ConfigLoader().load(dir).broker().password().reveal()).isEqualTo(value);
    }

    @Test
    void noSecretIsInTheTextOfTheConfiguration() throws ConfigException {
        assertThat(load("full.properties").toString())
                .doesNotContain("0123456789abcdef", "from-a-file", "s3cret", "comma", "correct-horse");
    }

    @Test
    void relativePathsStartAboveTheConfigurationFolder(@TempDir Path dir) throws Exception {
        Path folder = Files.createDirectories(dir.resolve("etc"));
        Files.writeString(folder.resolve(ConfigLoader.FILE), "m365.data=mail\nm365.routes=own\n");
        assertThat(new ConfigLoader().load(folder).data()).isEqualTo(dir.resolve("mail"));
        assertThat(new ConfigLoader().load(folder).routes()).isEqualTo(dir.resolve("own"));
    }

    @Test
    void whereTheBundleListensIsReadWithoutTheRest(@TempDir Path dir) throws Exception {
        Path file = dir.resolve(ConfigLoader.FILE);
        Files.writeString(file, "m365.management.port=1234\nm365.hostname={{env:NOT_SET}}\nm365.nonsense=1\n");
        assertThat(new ConfigLoader().loadManagement(dir).port()).isEqualTo(1234);
        Files.writeString(file, "m365.management.port=none\nm365.hostname={{env:NOT_SET}}\n");
        assertThatThrownBy(() -> new ConfigLoader().loadManagement(dir))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("m365.management.port = none");
    }
}
