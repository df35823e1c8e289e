package io.m365mail.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Fills in {@code {{env:NAME}}}, {@code {{env:NAME:default}}}, {@code {{file:PATH}}} and the schemes of a {@link
 * SecretResolver}. What a placeholder yields is never searched for placeholders again, so a value from outside cannot
 * pull in another. One that cannot be resolved is a {@link ValueException}, never an empty text.
 */
final class Placeholders {
    /** A secret's file is small; whoever points at a device or a log by mistake is told so. */
    static final int MAX_FILE = 64 * 1024;

    private final Function<String, String> environment;
    private final Map<String, SecretResolver> resolvers;
    private final Path home;

    /** @param home what relative paths start from */
    Placeholders(Function<String, String> environment, Map<String, SecretResolver> resolvers, Path home) {
        this.environment = environment;
        this.resolvers = resolvers;
        this.home = home;
    }

    /** A path of the configuration, made absolute. */
    Path path(String text) {
        return home.resolve(text).normalize();
    }

    String resolve(String raw) throws ValueException {
        int open = raw.indexOf("{{");
        if (open < 0) {
            return raw;
        }
        StringBuilder result = new StringBuilder();
        int done = 0;
        while (open >= 0) {
            int close = raw.indexOf("}}", open);
            if (close < 0) {
                throw new ValueException("a placeholder opens with {{ and is not closed", "Close it with }}");
            }
            result.append(raw, done, open).append(one(raw.substring(open + 2, close)));
            done = close + 2;
            open = raw.indexOf("{{", done);
        }
        return result.append(raw, done, raw.length()).toString();
    }

    private String one(String body) throws ValueException {
        int colon = body.indexOf(':');
        String scheme = colon < 0 ? "" : body.substring(0, colon).strip();
        String name = body.substring(colon + 1).strip();
        if (scheme.equals("env")) {
            return fromEnvironment(name);
        }
        if (scheme.equals("file")) {
            return fromFile(name);
        }
        SecretResolver resolver = resolvers.get(scheme);
        if (resolver == null) {
            throw new ValueException(
                    "{{" + body + "}} is no placeholder that is known here",
                    "Use {{env:NAME}}, {{env:NAME:default}} or {{file:PATH}}");
        }
        try {
            return resolver.resolve(name);
        } catch (Exception e) {
            throw new ValueException(
                    "{{" + body + "}} was not resolved: " + e.getMessage(),
                    "See that " + scheme + " can be reached and holds " + name);
        }
    }

    private String fromEnvironment(String body) throws ValueException {
        int colon = body.indexOf(':');
        String name = colon < 0 ? body : body.substring(0, colon);
        String value = environment.apply(name);
        if (value != null) {
            return value;
        }
        if (colon >= 0) {
            return body.substring(colon + 1);
        }
        throw new ValueException(
                "the environment variable " + name + " is not set",
                "Set it for the process, or give a default with {{env:" + name + ":default}}");
    }

    private String fromFile(String name) throws ValueException {
        return text(name, MAX_FILE).strip();
    }

    /** A small UTF-8 file that the configuration points at. */
    String text(String name, int limit) throws ValueException {
        Path file = path(name);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new ValueException(
                        "the file " + name + " is longer than " + limit / 1024 + " KiB", "See that the path is right");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new ValueException(
                    "the file " + name + " does not exist",
                    "Create it; relative paths start from the folder above the configuration folder");
        } catch (CharacterCodingException e) {
            throw new ValueException("the file " + name + " is not UTF-8", "Save it as UTF-8");
        } catch (IOException e) {
            throw new ValueException(
                    "the file " + name + " cannot be read (" + e.getClass().getSimpleName() + ")",
                    "Let the user that runs m365-mail read it");
        }
    }
}
