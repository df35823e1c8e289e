package io.m365mail.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code type=folder}. The folder itself is made at the start, not here. */
final class FolderSourceType implements ConfigType<SourceConfig> {
    static final Option<Path> PATH = Option.derived(
            "path",
            ValueTypes.PATH,
            "pickup below m365.data",
            "folder watched for *.eml and *.json, made at the start");
    static final Option<Duration> SETTLE = Option.of(
            "settle",
            ValueTypes.DURATION,
            "1s",
            "a file is taken when it has not changed for so long; better, write it under another name and rename it");

    @Override
    public String type() {
        return "folder";
    }

    @Override
    public String about() {
        return "a folder watched for *.eml (the envelope is X-Sender and X-Receiver, else the headers') and *.json submissions";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(PATH, SETTLE);
    }

    @Override
    public SourceConfig bind(String name, Section s, Path data) {
        Path path = s.get(PATH);
        if (path == null) {
            path = data.resolve("pickup");
        } else if (Files.exists(path) && !Files.isDirectory(path)) {
            s.mistake(PATH, "this is a file", "Give a folder");
        }
        return new SourceConfig.Folder(name, path, s.get(SETTLE));
    }
}
