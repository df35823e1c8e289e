package io.m365mail.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What the log settings that are shipped make of events. */
final class ShippedLog {
    private ShippedLog() {}

    /** One element for each event, without its line break. */
    static List<String> lines(List<ILoggingEvent> events) throws Exception {
        var context = new LoggerContext();
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("config/logback.xml").toFile());
        try {
            var console =
                    (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("console");
            return List.copyOf(events).stream()
                    .map(e ->
                            new String(console.getEncoder().encode(e), StandardCharsets.UTF_8).replaceFirst("\\R$", ""))
                    .toList();
        } finally {
            context.stop();
        }
    }
}
