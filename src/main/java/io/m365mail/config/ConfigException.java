package io.m365mail.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used: all its mistakes at once, in the order of the file. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient List<Mistake> mistakes;

    public ConfigException(Path file, List<Mistake> mistakes) {
        super(render(file, mistakes));
        this.file = file;
        this.mistakes = List.copyOf(mistakes);
    }

    public Path file() {
        return file;
    }

    public List<Mistake> mistakes() {
        return mistakes;
    }

    private static String render(Path file, List<Mistake> mistakes) {
        return file + ": " + mistakes.size() + (mistakes.size() == 1 ? " mistake" : " mistakes") + "\n"
                + mistakes.stream().map(Mistake::text).collect(Collectors.joining("\n"));
    }
}
