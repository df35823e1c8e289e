package io.m365mail.config;

import io.m365mail.mail.AddressPatterns;
import io.m365mail.mail.PatternFile;
import java.util.ArrayList;
import java.util.List;

/**
 * The types of lists. Items are separated by commas. A list of patterns or users may name a file instead of an item,
 * {@code file:PATH}, with one item a line; empty lines and lines that start with {@code #} do not count there.
 */
final class ListTypes {
    static final ValueType<List<String>> NETWORKS = list("list of networks", ListTypes::network);
    static final ValueType<List<String>> DOMAINS = list("list of domains", ListTypes::domain);
    /** Files stay in it by name, once their lines are found right: they are read again while the bundle runs. */
    static final ValueType<List<String>> PATTERNS =
            new ValueType<>("list of address patterns", false, true, ListTypes::patterns);
    /** Mail addresses, or the one word {@code header}. */
    static final ValueType<List<String>> ADDRESSES_OR_HEADER =
            new ValueType<>("list of mail addresses, or header", false, true, (raw, p) -> {
                List<String> items = split(ValueType.resolved(raw, p));
                return items.equals(List.of("header")) ? items : addresses(items);
            });
    /**
     * {@code name:password} pairs. The list is split before its placeholders are filled in, so that a password from a
     * placeholder may hold commas and colons.
     */
    static final ValueType<List<SourceConfig.User>> USERS =
            new ValueType<>("list of name:password", true, true, ListTypes::users);

    private ListTypes() {}

    private static ValueType<List<String>> list(String name, ValueType.Plain<String> item) {
        return new ValueType<>(name, false, true, (raw, p) -> {
            List<String> result = new ArrayList<>();
            for (String text : items(raw, p)) {
                result.add(item.parse(text));
            }
            return List.copyOf(result);
        });
    }

    private static List<String> addresses(List<String> items) throws ValueException {
        List<String> result = new ArrayList<>();
        for (String item : items) {
            result.add(ValueTypes.parseAddress(item));
        }
        return List.copyOf(result);
    }

    private static List<String> withFiles(List<String> items, Placeholders p) throws ValueException {
        List<String> result = new ArrayList<>();
        for (String item : items) {
            if (item.startsWith("file:")) {
                result.addAll(linesOf(item.substring(5).strip(), p));
            } else {
                result.add(item);
            }
        }
        return result;
    }

    private static List<String> linesOf(String path, Placeholders p) throws ValueException {
        return p.text(path, PatternFile.MAX_BYTES)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** The items of a list, those of its files among them. */
    static List<String> items(String raw, Placeholders p) throws ValueException {
        return withFiles(split(ValueType.resolved(raw, p)), p);
    }

    /** The same, with commas in the lines of files counting too. */
    static List<String> commaItems(String raw, Placeholders p) throws ValueException {
        List<String> result = new ArrayList<>();
        for (String item : items(raw, p)) {
            result.addAll(split(item));
        }
        return result;
    }

    /** Splits at commas outside placeholders. */
    private static List<String> split(String text) throws ValueException {
        List<String> result = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',' && depth == 0) {
                String item = text.substring(start, i).strip();
                if (item.isEmpty() && !text.isBlank()) {
                    throw new ValueException("the list has an empty item", "Remove the comma too many");
                }
                if (!item.isEmpty()) {
                    result.add(item);
                }
                start = i + 1;
            } else if (text.startsWith("{{", i)) {
                depth++;
            } else if (text.startsWith("}}", i)) {
                depth--;
            }
        }
        return result;
    }

    private static String network(String text) throws ValueException {
        return Networks.cidr(text);
    }

    private static String domain(String text) throws ValueException {
        try {
            return ValueTypes.parseHostName(text);
        } catch (ValueException e) {
            throw new ValueException("'" + text + "' is no domain", "Give domains such as contoso.com, with commas");
        }
    }

    private static List<String> patterns(String raw, Placeholders p) throws ValueException {
        List<String> result = new ArrayList<>();
        for (String item : split(ValueType.resolved(raw, p))) {
            result.add(item.startsWith("file:") ? patternFile(item.substring(5).strip(), p) : pattern(item));
        }
        return List.copyOf(result);
    }

    private static String pattern(String text) throws ValueException {
        String problem = AddressPatterns.problem(text);
        if (problem != null) {
            throw new ValueException(AddressPatterns.notOne(text, problem), AddressPatterns.CURE);
        }
        return text;
    }

    private static String patternFile(String path, Placeholders p) throws ValueException {
        try {
            PatternFile.parse(p.text(path, PatternFile.MAX_BYTES));
            return AddressPatterns.file(p.path(path));
        } catch (PatternFile.BadLineException e) {
            throw new ValueException("in the file " + path + ", " + e.getMessage(), e.cure());
        }
    }

    private static List<SourceConfig.User> users(String raw, Placeholders p) throws ValueException {
        List<SourceConfig.User> users = new ArrayList<>();
        for (String item : split(raw)) {
            if (item.startsWith("file:")) {
                for (String line : linesOf(item.substring(5).strip(), p)) {
                    add(users, user(line, line));
                }
            } else {
                add(users, user(item, null).resolvedBy(p));
            }
        }
        return List.copyOf(users);
    }

    private record Pair(String name, String password) {
        Pair resolvedBy(Placeholders p) throws ValueException {
            return new Pair(ValueType.resolved(name, p), ValueType.resolved(password, p));
        }
    }

    private static Pair user(String item, String fromFile) throws ValueException {
        int colon = item.startsWith("{{") ? item.indexOf(':', Math.max(0, item.indexOf("}}"))) : item.indexOf(':');
        if (colon <= 0 || colon == item.length() - 1) {
            throw new ValueException(
                    (fromFile == null ? "an item" : "a line of the file") + " is not name:password",
                    "Write name:password for each, with commas between them, or file:PATH with one a line");
        }
        return new Pair(
                item.substring(0, colon).strip(), item.substring(colon + 1).strip());
    }

    private static void add(List<SourceConfig.User> users, Pair pair) throws ValueException {
        if (users.stream().anyMatch(u -> u.name().equals(pair.name()))) {
            throw new ValueException("the user " + pair.name() + " is listed twice", "Remove one of the two");
        }
        users.add(new SourceConfig.User(pair.name(), Secret.of(pair.password())));
    }
}
