package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log settings that are shipped: one event is one line, whatever a client put into it. */
class LogLinesTest {
    private static final Path FILE = Path.of("config/logback.xml");

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(FILE.toFile());
        events.start();
        context.getLogger("ROOT").addAppender(events);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    /** What the shipped settings make of the events so far. */
    private String written() {
        ConsoleAppender<ILoggingEvent> console =
                (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("console");
        return events.list.stream()
                .map(e -> new String(console.getEncoder().encode(e), StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    @Test
    void anOrdinaryLineIsShort() {
        context.getLogger("io.m365mail.source.Intake").info("accepted {}", "m1");
        assertThat(written()).matches("\\d{4}-\\S+T\\S+ INFO  \\[\\S+] Intake - accepted m1\\R");
    }

    @Test
    void aClientCannotFakeALine() {
        context.getLogger("io.m365mail.x")
                .warn("refused {}", "a\r\n2026-11-22T00:00:00 INFO faked\n\tx\u001b[31m\u2028y\u0085z\u0000");
        assertThat(written().stripTrailing().lines()).hasSize(1);
        assertThat(written().stripTrailing())
                .doesNotContainPattern("[\\p{Cc}\u2028\u0085]")
                .contains("a | 2026");
    }

    @Test
    void anExceptionIsWholeAndOneLine() {
        context.getLogger("io.m365mail.x")
                .error("failed", new IllegalStateException("evil\nline", new RuntimeException("cause\r\nof it")));
        assertThat(written().stripTrailing().lines()).hasSize(1);
        assertThat(written())
                .contains("failed | java.lang.IllegalStateException: evil | line | at io.m365mail.cli.LogLinesTest")
                .contains("Caused by: java.lang.RuntimeException: cause | of it");
    }

    @Test
    void theAuditLogIsOff() {
        context.getLogger("org.apache.activemq.audit.message").error("user did this");
        assertThat(events.list).isEmpty();
    }

    @Test
    void theBuiltInSettingsAreTheSame() throws Exception {
        assertThat(Path.of("src/main/resources/io/m365mail/cli/logback.xml"))
                .hasSameTextualContentAs(FILE, StandardCharsets.UTF_8);
        assertThat(Files.size(FILE)).isPositive();
    }
}
