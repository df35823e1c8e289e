package io.m365mail.smtp.server;

import java.util.ArrayList;
import java.util.List;

/** The lines after the first of an EHLO reply, in Exchange Online's order. */
final class Extensions {
    private static final List<String> ORDER = List.of(
            "SIZE",
            "PIPELINING",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "STARTTLS",
            "AUTH",
            "8BITMIME",
            "BINARYMIME",
            "CHUNKING",
            "SMTPUTF8");

    private Extensions() {}

    static List<String> lines(SmtpServerOptions options, boolean tls) {
        var lines = new ArrayList<String>();
        for (String extension : ORDER) {
            switch (extension) {
                case "STARTTLS" -> add(lines, !tls && options.tls() != SmtpServerOptions.Tls.OFF, extension);
                case "AUTH" ->
                    add(
                            lines,
                            tls && !options.authMechanisms().isEmpty(),
                            "AUTH " + String.join(" ", options.authMechanisms()));
                case "SIZE" -> add(lines, options.offered().contains(extension), "SIZE " + options.maxMessageSize());
                default -> add(lines, options.offered().contains(extension), extension);
            }
        }
        return lines;
    }

    private static void add(List<String> lines, boolean offered, String line) {
        if (offered) {
            lines.add(line);
        }
    }
}
