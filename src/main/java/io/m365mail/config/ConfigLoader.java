package io.m365mail.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads {@code application.properties} of a configuration folder. Only the file decides: no environment variable or system
 * property overrides a key, though a value may ask for one with a placeholder. Relative paths in it start from the folder
 * above the configuration folder, wherever the process was started: the same configuration always means the same data.
 */
public final class ConfigLoader {
    public static final String FILE = "application.properties";

    private static final int MAX_FILE = 4 << 20;

    private final Function<String, String> environment;
    private final Supplier<String> machineName;

    /** With the process' environment and the machine's name. */
    public ConfigLoader() {
        this(System::getenv, ConfigLoader::localName);
    }

    ConfigLoader(Function<String, String> environment, Supplier<String> machineName) {
        this.environment = environment;
        this.machineName = machineName;
    }

    /**
     * The whole configuration, checked.
     *
     * @param folder what {@code --config} names
     * @throws ConfigException with every mistake there is
     */
    public BundleConfig load(Path folder) throws ConfigException {
        return load(folder.resolve(FILE), home(folder), ConfigBinder::bind);
    }

    /** Where a running bundle is reached; the rest of the configuration is not looked at. */
    public BundleConfig.Management loadManagement(Path folder) throws ConfigException {
        return load(folder.resolve(FILE), home(folder), ConfigBinder::management);
    }

    /** A file elsewhere than in a configuration folder. */
    BundleConfig load(Path file, Path home) throws ConfigException {
        return load(file, home, ConfigBinder::bind);
    }

    @FunctionalInterface
    private interface Binding<T> {
        T bind(ConfigBinder binder, Map<String, RawFile.Entry> entries);
    }

    private <T> T load(Path file, Path home, Binding<T> binding) throws ConfigException {
        List<Mistake> mistakes = new ArrayList<>();
        Map<String, RawFile.Entry> entries = RawFile.parse(bytes(file), mistakes);
        Placeholders placeholders = new Placeholders(environment, resolvers(), home);
        T result = binding.bind(new ConfigBinder(placeholders, machineName, mistakes), entries);
        if (!mistakes.isEmpty()) {
            throw new ConfigException(file, mistakes);
        }
        return result;
    }

    /** What relative paths start from. */
    private static Path home(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        return absolute.getParent() == null ? absolute : absolute.getParent();
    }

    private static byte[] bytes(Path file) throws ConfigException {
        try {
            if (Files.size(file) > MAX_FILE) {
                throw whole(file, "the file is longer than 4 MiB", "Keep long lists in files of their own (file:PATH)");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw whole(file, "there is no such file", "Name the folder that holds " + FILE + " with --config DIR");
        } catch (IOException e) {
            throw whole(
                    file,
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")",
                    "Let the user that runs m365-mail read it");
        }
    }

    private static ConfigException whole(Path file, String reason, String cure) {
        return new ConfigException(file, List.of(new Mistake(file.toString(), 0, null, reason, cure)));
    }

    private static Map<String, SecretResolver> resolvers() {
        Map<String, SecretResolver> result = new HashMap<>();
        ServiceLoader.load(SecretResolver.class).forEach(r -> result.put(r.scheme(), r));
        return result;
    }

    private static String localName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
