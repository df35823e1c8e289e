package io.m365mail.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Chooses the configuration of Logback before it starts: {@code logback.xml} of the configuration folder, else the one in
 * the jar. What the user names with {@code -Dlogback.configurationFile} stays. Only the process of the command line does
 * this; a bundle inside another program logs as that program says.
 */
final class Logging {
    private static final String KEY = "logback.configurationFile";
    private static final String BUILT_IN = "io/m365mail/cli/logback.xml";
    private static final String INTO_FILE = "io/m365mail/cli/logback-file.xml";

    private Logging() {}

    static void useBuiltIn() {
        if (System.getProperty(KEY) == null) {
            System.setProperty(KEY, BUILT_IN);
        }
    }

    static void useFolder(Path folder) {
        Path file = folder.resolve("logback.xml");
        if (BUILT_IN.equals(System.getProperty(KEY)) && Files.isReadable(file)) {
            System.setProperty(KEY, file.toAbsolutePath().toString());
        }
    }

    /** The log goes into a file: the terminal is needed for something else. */
    static void useFile(Path file) {
        if (BUILT_IN.equals(System.getProperty(KEY))) {
            System.setProperty("m365.log.file", file.toString());
            System.setProperty(KEY, INTO_FILE);
        }
    }
}
