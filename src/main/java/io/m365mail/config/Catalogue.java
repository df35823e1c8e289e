package io.m365mail.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every key there is: general ones, those of each type of source and transport, and those of a rule. */
final class Catalogue {
    static final String PREFIX = "m365.";

    static final Map<String, ConfigType<SourceConfig>> SOURCES = byName(List.of(
            new SmtpSourceType(),
            new FolderSourceType(),
            new ScanSourceType(),
            new JmsSourceType(),
            new DatabaseSourceType(),
            new MailboxSourceType()));
    static final Map<String, ConfigType<TransportConfig>> TRANSPORTS =
            byName(List.of(new SmtpAuthType(), new DirectSendType(), new RelayType(), new ServerType()));

    /** Sources that are there without a line in the file: name and type. */
    static final Map<String, String> BUILT_IN = Map.of("smtp", "smtp", "folder", "folder", "jms", "jms");

    static final Option<String> SOURCE_TYPE = Option.required("type", typeOf(SOURCES), "type of the source");
    static final Option<String> TRANSPORT_TYPE = Option.required("type", typeOf(TRANSPORTS), "type of the transport");
    static final Option<Boolean> ENABLED =
            Option.of("enabled", ValueTypes.BOOLEAN, "true", "false turns it off without removing its keys");

    private Catalogue() {}

    /** The known key that is nearest to an unknown one, with the unknown one's own names in it. */
    static String nearest(String unknown) {
        String[] part = unknown.split("\\.", -1);
        String name = part.length > 3 ? part[2] : "<name>";
        List<String> known = new ArrayList<>();
        GeneralOptions.ALL.forEach(o -> known.add(PREFIX + o.key()));
        known.add(PREFIX + "source." + name + ".type");
        known.add(PREFIX + "transport." + name + ".type");
        SOURCES.values().forEach(t -> t.options().forEach(o -> known.add(PREFIX + "source." + name + "." + o.key())));
        TRANSPORTS.values().forEach(t -> t.options()
                .forEach(o -> known.add(PREFIX + "transport." + name + "." + o.key())));
        RuleOptions.ALL.forEach(o -> known.add(PREFIX + "route." + name + "." + o.key()));
        RewriteOptions.ALL.forEach(o -> known.add(PREFIX + "rewrite." + name + "." + o.key()));
        return Nearest.of(unknown, known);
    }

    private static <T> Map<String, ConfigType<T>> byName(List<ConfigType<T>> types) {
        return types.stream()
                .collect(Collectors.toMap(ConfigType::type, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    }

    private static <T> ValueType<String> typeOf(Map<String, ConfigType<T>> known) {
        String all = String.join(", ", known.keySet());
        return ValueType.of(all, text -> {
            if (!known.containsKey(text)) {
                throw new ValueException(
                        "no such type, the nearest is " + Nearest.of(text, known.keySet()), "Use one of " + all);
            }
            return text;
        });
    }
}
