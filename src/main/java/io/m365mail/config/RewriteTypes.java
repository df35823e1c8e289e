package io.m365mail.config;

import io.m365mail.mail.AddressTable;
import io.m365mail.mail.Addresses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The types of values that only rewrite rules have. What could break a header is refused here, not met later. */
final class RewriteTypes {
    private static final int MAX_FOOTER = 64 * 1024;
    private static final int MAX_VALUE = 900;

    static final ValueType<String> SENDER = ValueType.of("mail address", RewriteTypes::sender);
    static final ValueType<String> HEADER_VALUE = ValueType.of("text", RewriteTypes::headerValue);
    static final ValueType<List<String>> HEADER_NAMES =
            new ValueType<>("list of header names", false, true, RewriteTypes::headerNames);
    static final ValueType<String> FOOTER = new ValueType<>("text or file:PATH", false, false, RewriteTypes::footer);
    static final ValueType<AddressTable> ALIASES =
            new ValueType<>("list of name = address, or file:PATH", false, false, RewriteTypes::aliases);
    static final ValueType<AddressTable> SENDER_MAP =
            new ValueType<>("list of old = new, or file:PATH", false, false, RewriteTypes::senderMap);
    static final ValueType<Set<RewriteRule.Repair>> REPAIRS =
            new ValueType<>("list of line-ends, names, 8bit", false, true, RewriteTypes::repairs);

    private RewriteTypes() {}

    static void checkHeaderName(String name) throws ValueException {
        if (!name.matches("[A-Za-z0-9-]{1,100}")) {
            throw new ValueException(
                    "'" + name + "' is no header name", "A name has letters, digits and hyphens only, 100 at most");
        }
        String why = ProtectedHeaders.why(name);
        if (why != null) {
            throw new ValueException("no rule may touch the header " + name, "It is left alone: " + why);
        }
    }

    private static String sender(String text) throws ValueException {
        String address = ValueTypes.parseAddress(text);
        if (!Addresses.isAscii(address)) {
            throw new ValueException("the address is not ASCII", "Exchange Online takes such a sender from nobody");
        }
        return address;
    }

    private static String headerValue(String text) throws ValueException {
        if (text.length() > MAX_VALUE) {
            throw new ValueException("longer than " + MAX_VALUE + " characters", "Give a shorter one");
        }
        return text;
    }

    private static List<String> headerNames(String raw, Placeholders p) throws ValueException {
        List<String> names = ListTypes.items(raw, p);
        for (String name : names) {
            if (name.startsWith("*")) {
                throw new ValueException(
                        "'" + name + "' would take headers that the message needs",
                        "Start with letters, such as X-Foo-*");
            }
            checkHeaderName(name.replace("*", ""));
        }
        return names;
    }

    private static String footer(String raw, Placeholders p) throws ValueException {
        if (!raw.startsWith("file:")) {
            return ValueType.resolved(raw, p);
        }
        String text = p.text(raw.substring(5).strip(), MAX_FOOTER)
                .replace("\r\n", "\n")
                .replace('\r', '\n')
                .replace("\uFEFF", "")
                .stripTrailing();
        if (text.isBlank()) {
            throw new ValueException("the file is empty", "Write the footer into it, or remove the line");
        }
        if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
            throw new ValueException("the file has control characters in it", "Save it as plain text in UTF-8");
        }
        if (text.lines().anyMatch(line -> line.length() > MAX_VALUE)) {
            throw new ValueException(
                    "the file has a line of more than " + MAX_VALUE + " characters", "Break it into shorter lines");
        }
        return text;
    }

    private static Set<RewriteRule.Repair> repairs(String raw, Placeholders p) throws ValueException {
        Set<RewriteRule.Repair> all = new TreeSet<>();
        for (String item : ListTypes.items(raw, p)) {
            all.add(
                    switch (item) {
                        case "line-ends" -> RewriteRule.Repair.LINE_ENDS;
                        case "names" -> RewriteRule.Repair.NAMES;
                        case "8bit" -> RewriteRule.Repair.EIGHT_BIT;
                        default ->
                            throw new ValueException("'" + item + "' is no repair", "Give line-ends, names or 8bit");
                    });
        }
        return Set.copyOf(all);
    }

    private static AddressTable senderMap(String raw, Placeholders p) throws ValueException {
        Map<String, List<String>> entries = entries(raw, p, "old = new");
        for (Map.Entry<String, List<String>> e : entries.entrySet()) {
            if (e.getValue().size() > 1) {
                throw new ValueException(
                        "'" + e.getKey() + "' has " + e.getValue().size() + " new addresses", "Give it one");
            }
            String problem = Addresses.problem(e.getValue().get(0));
            if (problem != null && !e.getValue().get(0).startsWith("*@")) {
                throw new ValueException(
                        "'" + e.getValue().get(0) + "' is no address: " + problem,
                        "Give one such as alerts@contoso.com");
            }
            if (!Addresses.isAscii(e.getValue().get(0))) {
                throw new ValueException(
                        "the address '" + e.getValue().get(0) + "' is not ASCII",
                        "Exchange Online takes such a sender from nobody");
            }
        }
        return AddressTable.of(entries);
    }

    private static AddressTable aliases(String raw, Placeholders p) throws ValueException {
        AddressTable table = AddressTable.of(entries(raw, p, "name = address, address"));
        String loop = table.loop();
        if (loop != null) {
            throw new ValueException("the aliases lead back to themselves: " + loop, "Take out one of them");
        }
        String deadEnd = table.deadEnd();
        if (deadEnd != null) {
            throw new ValueException(
                    "'" + deadEnd + "' is neither an address nor another name of the list",
                    "Give an address such as anna@contoso.com");
        }
        return table;
    }

    /** An item without an equals sign is one more target of the name before it. */
    private static Map<String, List<String>> entries(String raw, Placeholders p, String form) throws ValueException {
        Map<String, List<String>> entries = new LinkedHashMap<>();
        String name = null;
        for (String item : ListTypes.commaItems(raw, p)) {
            int equals = item.indexOf('=');
            String target = item.substring(equals + 1).strip();
            if (equals >= 0) {
                name = item.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                if (entries.put(name, new ArrayList<>()) != null) {
                    throw new ValueException("'" + name + "' is there twice", "Remove one of the two");
                }
            }
            if (name == null || target.isEmpty() || !name.startsWith("*") && target.startsWith("*")) {
                throw new ValueException("'" + item + "' is not " + form, "Write it as " + form);
            }
            checkName(name);
            checkTarget(target);
            entries.get(name).add(target);
        }
        if (entries.isEmpty()) {
            throw new ValueException("the list is empty", "Fill it, or remove the line");
        }
        return entries;
    }

    private static void checkName(String name) throws ValueException {
        String sample = name.startsWith("*") ? "a" + name.substring(1) : name;
        String problem = Addresses.problem(sample.contains("@") ? sample : sample + "@a");
        if (problem != null || sample.contains("*")) {
            throw new ValueException(
                    "'" + name + "' is no address" + (problem == null ? "" : ": " + problem),
                    "Give an address, a word without @, *@domain, or *");
        }
    }

    private static void checkTarget(String target) throws ValueException {
        String sample = target.startsWith("*@") ? "a" + target.substring(1) : target;
        String problem = Addresses.problem(sample.contains("@") ? sample : sample + "@a");
        if (problem != null || sample.contains("*")) {
            throw new ValueException(
                    "'" + target + "' is no address" + (problem == null ? "" : ": " + problem),
                    "Give an address such as anna@contoso.com, or *@contoso.com where the name begins with *");
        }
    }
}
