package io.m365mail.config;

import io.m365mail.mail.Addresses;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types of single values; those of lists are in {@link ListTypes}. */
final class ValueTypes {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE_TEXT = Pattern.compile("(\\d{1,12})\\s*([A-Za-z]*)");
    private static final Pattern HOST_NAME = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Map<String, Long> UNITS = Map.of(
            "",
            1L,
            "B",
            1L,
            "kB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30);
    private static final Map<String, Duration> DURATIONS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    static final ValueType<String> TEXT = ValueType.of("text", text -> text);
    static final ValueType<Secret> SECRET = ValueType.secret("secret", Secret::of);
    static final ValueType<Boolean> BOOLEAN = ValueType.of("true or false", ValueTypes::parseBoolean);
    static final ValueType<Integer> PORT = integer("port", 1, 65535);
    /** A port to listen on: 0 takes a free one. */
    static final ValueType<Integer> LISTEN_PORT = integer("port", 0, 65535);

    static final ValueType<Duration> DURATION = ValueType.of("duration", ValueTypes::parseDuration);
    static final ValueType<Long> SIZE = ValueType.of("size", ValueTypes::parseSize);
    static final ValueType<Path> PATH = new ValueType<>("path", false, false, ValueTypes::parsePath);
    static final ValueType<String> HOST = ValueType.of("host name or IP address", ValueTypes::parseHost);
    static final ValueType<String> HOST_NAME_ONLY = ValueType.of("host name", ValueTypes::parseHostName);
    static final ValueType<String> IP = ValueType.of("IP address", ValueTypes::parseIp);
    static final ValueType<String> ACCEPTOR = ValueType.of("host:port or off", ValueTypes::parseAcceptor);
    static final ValueType<String> ADDRESS = ValueType.of("mail address", ValueTypes::parseAddress);
    static final ValueType<URI> HTTP_URL = ValueType.of("URL", ValueTypes::parseHttpUrl);

    private ValueTypes() {}

    static ValueType<Integer> integer(String name, int min, int max) {
        return ValueType.of(name + " (" + min + " to " + max + ")", text -> {
            if (text.matches("\\d{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                    return number;
                }
            }
            throw new ValueException("not a " + name, "Give a whole number from " + min + " to " + max);
        });
    }

    static ValueType<String> choice(String... values) {
        String all = String.join(", ", values);
        return ValueType.of(all, text -> {
            if (!List.of(values).contains(text)) {
                throw new ValueException(
                        "not one of " + all,
                        "Did you mean " + Nearest.of(text, List.of(values)) + "?" + " Give one of them");
            }
            return text;
        });
    }

    private static Boolean parseBoolean(String text) throws ValueException {
        if (!text.equals("true") && !text.equals("false")) {
            throw new ValueException("neither true nor false", "Write true or false");
        }
        return text.equals("true");
    }

    private static Duration parseDuration(String text) throws ValueException {
        Matcher part = DURATION_PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(DURATIONS.get(part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw new ValueException("not a duration", "Give a number with ms, s, m, h or d, such as 30s, 5m or 1h30m");
        }
        if (sum.isZero() || sum.compareTo(Duration.ofDays(3650)) > 0) {
            throw new ValueException("not a duration between 1 ms and 3650 days", "Give one in between");
        }
        return sum;
    }

    private static Long parseSize(String text) throws ValueException {
        Matcher m = SIZE_TEXT.matcher(text);
        Long unit = m.matches() ? UNITS.get(m.group(2)) : null;
        if (unit == null) {
            throw new ValueException(
                    "not a size",
                    "Give bytes, or a number with kB, MB, GB (1000) or KiB, MiB, GiB (1024), such as 35MiB");
        }
        long number = Long.parseLong(m.group(1));
        if (number > (1L << 40) / unit) {
            throw new ValueException("a size above 1024 GiB", "Give a smaller one");
        }
        return number * unit;
    }

    private static Path parsePath(String raw, Placeholders placeholders) throws ValueException {
        try {
            return placeholders.path(ValueType.resolved(raw, placeholders));
        } catch (InvalidPathException e) {
            throw new ValueException("not a path on this system", "Give the path of a file or folder");
        }
    }

    private static String parseHost(String text) throws ValueException {
        return Networks.isIp(text) ? text : parseHostName(text);
    }

    static String parseHostName(String text) throws ValueException {
        boolean numeric = text.matches("[0-9.]+");
        if (text.length() > 253 || numeric || !HOST_NAME.matcher(text).matches()) {
            throw new ValueException(
                    "not a host name", "Give a name such as relay.contoso.com, without scheme, port or blank");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String parseIp(String text) throws ValueException {
        if (!Networks.isIp(text)) {
            throw new ValueException(
                    "not an IP address", "Give one such as 127.0.0.1, ::1, or 0.0.0.0 for every IPv4 address");
        }
        return text;
    }

    private static String parseAcceptor(String text) throws ValueException {
        if (text.equals("off")) {
            return text;
        }
        int colon = text.lastIndexOf(':');
        if (colon <= 0
                || !Networks.isIp(text.substring(0, colon))
                || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new ValueException(
                    "not an IP address with a port", "Give one such as 127.0.0.1:61616, or off for none");
        }
        if (Integer.parseInt(text.substring(colon + 1)) > 65535) {
            throw new ValueException("its port is above 65535", "Give a port from 0 (a free one) to 65535");
        }
        return text;
    }

    static String parseAddress(String text) throws ValueException {
        String problem = text.contains("@") ? Addresses.problem(text) : "there is no @ in it";
        if (problem != null) {
            throw new ValueException(
                    "not a mail address: " + problem, "Give one such as alerts@contoso.com, without a display name");
        }
        return text;
    }

    /** Plain http only where nobody can listen in: the secrets go there. */
    private static URI parseHttpUrl(String text) throws ValueException {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                if (scheme.equals("https")) {
                    return uri;
                }
                if (scheme.equals("http") && Networks.isLoopback(uri.getHost())) {
                    return uri;
                }
                if (scheme.equals("http")) {
                    throw new ValueException("plain http would show the secret to the network", "Use https");
                }
            }
        } catch (URISyntaxException e) {
            // Told below, as for every other text that is no such URL.
        }
        throw new ValueException("not an https URL", "Give one such as https://login.microsoftonline.com");
    }

    /**
     * A URL that some driver takes, with no password in it.
     *
     * @param loginKeys where the credentials belong
     */
    static String parseJdbc(String text, String loginKeys) throws ValueException {
        if (!text.startsWith("jdbc:")) {
            throw new ValueException("not a JDBC URL", "Give one such as jdbc:postgresql://db.contoso.com/orders");
        }
        if (text.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new ValueException("a password in the URL would show up in logs", "Set " + loginKeys);
        }
        try {
            java.sql.DriverManager.getDriver(text);
        } catch (java.sql.SQLException e) {
            throw new ValueException(
                    "no JDBC driver on the class path takes this URL", "Put the driver's jar into lib");
        }
        return text;
    }
}
