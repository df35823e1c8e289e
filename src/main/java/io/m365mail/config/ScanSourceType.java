package io.m365mail.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code type=scan}. The folder itself is made at the start, not here. */
final class ScanSourceType implements ConfigType<SourceConfig> {
    static final Option<Path> PATH = Option.derived(
            "path", ValueTypes.PATH, "scan below m365.data", "folder that holds a folder for each recipient address");
    static final Option<String> FROM = Option.required("from", ValueTypes.ADDRESS, "sender of the messages");
    static final Option<String> TEMPLATE = Option.optional(
            "template",
            ValueType.of("name", ScanSourceType::parseName),
            "folder below m365.templates with subject.ftl and text.ftl; without it a plain one is built in");
    static final Option<Duration> SETTLE = Option.of(
            "settle",
            ValueTypes.DURATION,
            "5s",
            "a file is taken when it has not changed for so long; ten times as long where it looks cut off");

    @Override
    public String type() {
        return "scan";
    }

    @Override
    public String about() {
        return "folders named by recipient addresses; each file in one is mailed to it as an attachment";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(PATH, FROM, TEMPLATE, SETTLE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        Path path = s.get(PATH);
        if (path == null) {
            path = data.resolve("scan");
        } else if (Files.exists(path) && !Files.isDirectory(path)) {
            s.mistake(PATH, "this is a file", "Give a folder");
        }
        return new SourceConfig.Scan(name, path, s.get(FROM), s.get(TEMPLATE), s.get(SETTLE));
    }

    private static String parseName(String text) throws ValueException {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")) {
            throw new ValueException("not a template's name", "Use letters, digits, hyphens and underscores");
        }
        return text;
    }
}
