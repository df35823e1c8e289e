package io.m365mail.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The header fields of a message (RFC 5322 section 2.2), unfolded, in their order. Lines that are no field are skipped. */
final class MessageHeader {
    private record Field(String name, String value) {}

    private final List<Field> fields;

    private MessageHeader(List<Field> fields) {
        this.fields = fields;
    }

    static MessageHeader parse(byte[] block) {
        var fields = new ArrayList<Field>();
        String open = null;
        for (String line : new String(block, StandardCharsets.UTF_8).split("\r?\n")) {
            boolean folded = line.startsWith(" ") || line.startsWith("\t");
            if (folded && open != null) {
                open += line;
                continue;
            }
            add(fields, open);
            open = line;
        }
        add(fields, open);
        return new MessageHeader(fields);
    }

    private static void add(List<Field> fields, String line) {
        int colon = line == null ? -1 : line.indexOf(':');
        if (colon > 0) {
            fields.add(new Field(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip()));
        }
    }

    /** The values of a field, in their order. */
    List<String> all(String name) {
        String n = name.toLowerCase(Locale.ROOT);
        return fields.stream().filter(f -> f.name().equals(n)).map(Field::value).toList();
    }

    /** The first value of a field, or null. */
    String first(String name) {
        return all(name).stream().findFirst().orElse(null);
    }
}
