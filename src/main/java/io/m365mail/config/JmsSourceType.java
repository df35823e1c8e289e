package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;

/** {@code type=jms}. The queues that the bundle itself works with cannot be a source. */
final class JmsSourceType implements ConfigType<SourceConfig> {
    static final Option<String> QUEUE = Option.of(
            "queue",
            ValueType.of("queue name", JmsSourceType::parseQueue),
            "m365.submit",
            "queue that applications publish messages to");
    private static final List<String> OURS = List.of("m365.dead", "m365.events", "m365.scheduled", "m365.once");

    @Override
    public String type() {
        return "jms";
    }

    @Override
    public String about() {
        return "a queue of the broker that applications publish to";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(QUEUE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        return new SourceConfig.Jms(name, s.get(QUEUE));
    }

    private static String parseQueue(String text) throws ValueException {
        if (!text.matches("[A-Za-z0-9._-]{1,200}")) {
            throw new ValueException("not a queue name", "Use letters, digits, dots, hyphens and underscores");
        }
        if (OURS.contains(text) || text.startsWith("m365.transport.") || text.startsWith("m365.outcome.")) {
            throw new ValueException("the bundle itself uses this queue", "Give another, such as m365.submit");
        }
        return text;
    }
}
