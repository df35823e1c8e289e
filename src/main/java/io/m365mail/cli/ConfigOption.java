package io.m365mail.cli;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigException;
import io.m365mail.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config DIR}, which every command takes. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = "Folder with application.properties. Default: config in the working directory, else the"
                    + " installation's.")
    private Path given;

    /** The folder that is meant; it need not exist. */
    Path folder() {
        if (given != null) {
            return given;
        }
        Path here = Path.of("config");
        String home = System.getProperty("m365.home");
        return home == null || Files.exists(here.resolve(ConfigLoader.FILE)) ? here : Path.of(home, "config");
    }

    /** The configuration; where it names no folder of routes, the installation's is used. */
    BundleConfig load() throws ConfigException {
        BundleConfig config = new ConfigLoader().load(folder());
        String home = System.getProperty("m365.home");
        return config.routes() == null && home != null && Files.isDirectory(Path.of(home, "routes"))
                ? config.withRoutes(Path.of(home, "routes"))
                : config;
    }

    /** The API of the bundle that runs with this configuration. */
    ApiClient api() throws ConfigException {
        return new ApiClient(new ConfigLoader().loadManagement(folder()));
    }
}
