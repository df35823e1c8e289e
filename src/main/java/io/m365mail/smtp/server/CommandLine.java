package io.m365mail.smtp.server;

import java.util.Locale;

/**
 * One command, cut into verb and the rest.
 *
 * @param verb in upper case
 * @param arguments without blanks at either end; empty where there are none
 */
record CommandLine(String verb, String arguments) {
    static CommandLine parse(String line) {
        String text = line.stripTrailing();
        int blank = text.indexOf(' ');
        return blank < 0
                ? new CommandLine(text.toUpperCase(Locale.ROOT), "")
                : new CommandLine(
                        text.substring(0, blank).toUpperCase(Locale.ROOT),
                        text.substring(blank).strip());
    }
}
