package io.m365mail.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the catalogue as {@code config/application.properties} and as {@code docs/configuration.md}. */
final class CatalogueText {
    private static final String INTRODUCTION =
            """
            # Configuration

            `config/application.properties` is the whole configuration; `--config DIR` names another folder that holds a file
            of this name. Only the file decides: no environment variable overrides a key. `./m365-mail check` reads it and
            reports every mistake at once, with its line, the reason and the cure.

            <!-- Generated from the catalogue of options by CatalogueText; do not edit.
                 Regenerate with: %s -->

            ## The file

            * One `key=value` a line, UTF-8. Blanks around key and value do not count. Lines that start with `#` or `!` are
              comments. A backslash at the end of a line continues the value in the next line (write it twice where the value
              ends in one); anywhere else it is an ordinary character: there are no `.properties` escapes.
            * A doubled key, an unknown key and a value of the wrong type are errors. A key without a value is an error too,
              but for lists, where it means the empty list.
            * Names of sources and transports are made of small letters, digits and hyphens.
            * **Relative paths** start from the folder *above* the configuration folder, wherever the command was started. With
              the default `config` that is the folder of the installation, so `m365.data=data` lies beside `config`. The same
              configuration therefore always means the same data.
            * Durations: a number with `ms`, `s`, `m`, `h` or `d`, also combined: `30s`, `5m`, `1h30m`, `5d`.
            * Sizes: bytes, or a number with `kB`, `MB`, `GB` (1000) or `KiB`, `MiB`, `GiB` (1024): `35MB`, `150MiB`.
            * Lists are separated by commas.
            * Address patterns: an address, a domain, or a text with `*` for any run of characters (`*@contoso.com`). Instead of
              an item, `file:PATH` reads items from a UTF-8 file, one a line; empty lines and lines with `#` do not count. Such
              a file may be edited while the program runs: within two seconds it counts. A line that is no pattern changes
              nothing, and the log names it. An empty file matches nothing.
            * `users`: `name:password` with commas between, or `file:PATH` with one `name:password` a line. In the list,
              placeholders are filled in after it is split, so a password from a placeholder may hold commas and colons; in the
              file the password is everything behind the first colon, as it is.

            ## Placeholders

            They work in every value, whole or in part. One that cannot be resolved is an error.

            | placeholder | is replaced by |
            |---|---|
            | `{{env:NAME}}` | the environment variable NAME |
            | `{{env:NAME:default}}` | the same, or `default` where it is not set |
            | `{{file:PATH}}` | the content of a UTF-8 file of at most 64 KiB, without blanks and line breaks at its ends |

            Secrets belong into placeholders. They show up in no log, page or error.

            ## Exchange Online

            On Exchange Online's own hosts, a `smtp-auth` transport may not exceed Exchange Online's limits: 30 messages a minute,
            3 connections, 10,000 recipients a day, 1,000 recipients a message. More is an error, as are port 465 and implicit
            TLS, which Exchange Online does not have. Its host is a DNS name, never an IP address. Other hosts (a sandbox, another
            provider) are free of these limits; on loopback, an IP address, `tls=off` and an `http` authority are allowed as well.

            `preset=hve` turns the transport into one for High Volume Email: its host, scope and limits in one word. `cloud` does the
            same for the hosts of GCC High, the DoD and China. `direct-send` and `relay` find the tenant's MX in the DNS; what each
            way can carry, and its limits, are in [transports.md](transports.md), connectors and DNS records in
            [connectors.md](connectors.md).
            """
                    .formatted(Golden.COMMAND);

    private static final String HEAD =
            """
            # m365-mail-routes: every key, with its default and one line on it. A commented key shows its default; remove the #
            # to change it. How values, lists and placeholders are written: docs/configuration.md.
            # Check it with: ./m365-mail check
            #
            # Generated from the catalogue of options. Regenerate (in a checkout) with:
            #   %s
            """
                    .formatted(Golden.COMMAND);

    /** The name that stands for the user's own in the file. */
    private static final Map<String, String> SAMPLE =
            Map.of("smtp-auth", "alerts", "direct-send", "mx", "relay", "connector", "server", "onprem");

    private record Group(String title, String about, String prefix, String sample, List<Option<?>> options) {}

    private CatalogueText() {}

    private static List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        groups.add(new Group(
                "General", "Names, folders, broker, store, API, retries.", "m365.", "m365.", GeneralOptions.ALL));
        Catalogue.SOURCES.forEach((type, t) -> groups.add(new Group(
                "Source of type " + type,
                sentence(t.about()) + builtIn(type),
                "m365.source.<name>.",
                "m365.source." + type + ".",
                with(t, Option.of("type", ValueTypes.TEXT, type, "type of the source")))));
        Catalogue.TRANSPORTS.forEach((type, t) -> groups.add(new Group(
                "Transport of type " + type,
                sentence(t.about()),
                "m365.transport.<name>.",
                "m365.transport." + SAMPLE.get(type) + ".",
                with(t, Option.of("type", ValueTypes.TEXT, type, "type of the transport")))));
        groups.add(new Group(
                "Rules",
                "Which transport takes what; numbered, the first match wins. Without a match the choice is automatic.",
                "m365.route.<n>.",
                "m365.route.1.",
                RuleOptions.ALL));
        groups.add(new Group(
                "Rewrite rules",
                "What is changed about mail before its transport is chosen; numbered, every rule that matches is applied in"
                        + " this order. With examples, and with what is never changed: [rewriting.md](rewriting.md).",
                "m365.rewrite.<n>.",
                "m365.rewrite.1.",
                RewriteOptions.ALL));
        return groups;
    }

    private static String builtIn(String type) {
        return Catalogue.BUILT_IN.containsValue(type)
                ? " One named `" + type + "` is built in; `enabled=false` turns it off."
                : "";
    }

    private static List<Option<?>> with(ConfigType<?> type, Option<?> typeOption) {
        List<Option<?>> all = new ArrayList<>(List.of(typeOption, Catalogue.ENABLED));
        all.addAll(type.options());
        return all;
    }

    private static String sentence(String s) {
        return Character.toUpperCase(s.charAt(0)) + s.substring(1) + ".";
    }

    static String properties() {
        StringBuilder out = new StringBuilder(HEAD);
        for (Group g : groups()) {
            out.append("\n# ---- ").append(g.title()).append(" ----\n# ");
            out.append(g.about().replace("`", "")).append('\n');
            for (Option<?> o : g.options()) {
                out.append("\n# ")
                        .append(o.description())
                        .append(" (")
                        .append(kind(o))
                        .append(")\n");
                out.append('#').append(g.sample()).append(o.key()).append('=');
                out.append(o.defaultText() == null ? "" : o.defaultText()).append('\n');
            }
        }
        return out.toString();
    }

    static String page() {
        StringBuilder out = new StringBuilder(INTRODUCTION);
        for (Group g : groups()) {
            out.append("\n## ")
                    .append(g.title())
                    .append("\n\n")
                    .append(g.about())
                    .append("\n\n");
            out.append("| key | value | default | meaning |\n|---|---|---|---|\n");
            for (Option<?> o : g.options()) {
                out.append("| `").append(g.prefix()).append(o.key()).append("` | ");
                out.append(o.type().name()).append(" | ").append(defaultOf(o)).append(" | ");
                out.append(o.description()).append(" |\n");
            }
        }
        return out.toString();
    }

    private static String kind(Option<?> o) {
        String note = o.required() ? "; required" : o.defaultNote() != null ? "; default: " + o.defaultNote() : "";
        return o.type().name() + note;
    }

    private static String defaultOf(Option<?> o) {
        if (o.required()) {
            return "required";
        }
        if (o.defaultNote() != null) {
            return o.defaultNote();
        }
        return o.defaultText() == null ? "none" : o.defaultText().isEmpty() ? "empty" : "`" + o.defaultText() + "`";
    }
}
