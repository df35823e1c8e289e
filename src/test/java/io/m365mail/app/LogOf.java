package io.m365mail.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What some loggers say, from INFO on, while a test runs. */
public final class LogOf implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Logger> loggers = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            lines.add(event.getLevel() + " " + event.getFormattedMessage() + " " + trace);
        }
    };

    public LogOf(String... names) {
        appender.start();
        for (String name : names) {
            var logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(Level.INFO);
            logger.addAppender(appender);
            loggers.add(logger);
        }
    }

    /** Events with this text in the message or the trace. */
    public long count(String text) {
        return lines.stream().filter(l -> l.contains(text)).count();
    }

    public List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        loggers.forEach(l -> {
            l.detachAppender(appender);
            l.setLevel(null);
        });
    }
}
