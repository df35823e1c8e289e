package io.m365mail.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The awkward messages in {@code src/test/resources/mime}; its README says what each is about. */
public final class MimeCorpus {
    private MimeCorpus() {}

    /** @param name of the file without {@code .eml}; @param bytes the message, CRLF line ends */
    public record Sample(String name, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All messages, by name. */
    public static List<Sample> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(f -> f.toString().endsWith(".eml"))
                    .sorted()
                    .map(MimeCorpus::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The message of that name. */
    public static byte[] bytes(String name) {
        return read(folder().resolve(name + ".eml")).bytes();
    }

    private static Path folder() {
        try {
            return Path.of(MimeCorpus.class.getResource("/mime").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Sample read(Path file) {
        try {
            String name = file.getFileName().toString().replaceFirst("\\.eml$", "");
            return new Sample(name, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
