package io.m365mail.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads {@code key=value} lines without the parts of the {@code .properties} format that hide mistakes. A key that is set
 * twice, a line without {@code =}, bytes that are not UTF-8, and escapes are mistakes; blanks around key and value do not
 * count; a backslash is an ordinary character but at the end of a line, where the value goes on in the next. Lines that
 * start with {@code #} or {@code !} are comments.
 */
final class RawFile {
    /** A key with its value as it stands in the file, placeholders unresolved. */
    record Entry(String key, String value, int line) {}

    private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|[:=#!])");

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Mistake> mistakes;

    private RawFile(List<Mistake> mistakes) {
        this.mistakes = mistakes;
    }

    /** The entries in the order of the file; what is wrong with it goes to {@code mistakes}. */
    static Map<String, Entry> parse(byte[] bytes, List<Mistake> mistakes) {
        RawFile file = new RawFile(mistakes);
        file.read(file.lines(bytes));
        return file.entries;
    }

    private List<String> lines(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (byte b : bytes) {
            if (b == '\n') {
                lines.add(decode(line.toByteArray(), lines.size() + 1));
                line.reset();
            } else {
                line.write(b);
            }
        }
        lines.add(decode(line.toByteArray(), lines.size() + 1));
        return lines;
    }

    private String decode(byte[] line, int number) {
        try {
            String s = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return number == 1 && s.startsWith("\uFEFF") ? s.substring(1) : s;
        } catch (CharacterCodingException e) {
            mistakes.add(new Mistake("", number, null, "the line is not UTF-8", "Save the file as UTF-8"));
            return "";
        }
    }

    private void read(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            int number = i + 1;
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
                continue;
            }
            StringBuilder whole = new StringBuilder(withoutEnd(line));
            while (backslashesAtEnd(line) % 2 == 1 && i + 1 < lines.size()) {
                line = lines.get(i + 1).strip();
                if (line.startsWith("m365.")) {
                    mistakes.add(new Mistake(
                            keyOf(whole.toString()),
                            number,
                            null,
                            "the line ends in a backslash, so line " + (i + 2) + " would be part of its value",
                            "Remove the backslash, or write it twice where the value ends in one"));
                    break;
                }
                whole.append(withoutEnd(line));
                i++;
            }
            entry(whole.toString(), number);
        }
    }

    private static int backslashesAtEnd(String line) {
        int n = 0;
        while (n < line.length() && line.charAt(line.length() - 1 - n) == '\\') {
            n++;
        }
        return n;
    }

    /** Two backslashes at the end are one of the value; a single one goes on in the next line. */
    private static String withoutEnd(String line) {
        return line.substring(0, line.length() - (backslashesAtEnd(line) + 1) / 2);
    }

    private static String keyOf(String line) {
        int equals = line.indexOf('=');
        return equals < 0 ? "" : line.substring(0, equals).strip();
    }

    private void entry(String line, int number) {
        int equals = line.indexOf('=');
        if (equals <= 0) {
            // The line itself is not shown: it may be a secret that lost its key.
            mistakes.add(new Mistake(
                    "", number, null, "the line has no key and =", "Write key=value, or # in front of a comment"));
            return;
        }
        Entry entry = new Entry(keyOf(line), line.substring(equals + 1).strip(), number);
        if (ESCAPE.matcher(entry.value()).find()) {
            mistakes.add(new Mistake(
                    entry.key(),
                    number,
                    null,
                    "the value has an escape of the .properties format, which is not used here",
                    "Write the character itself; the file is UTF-8"));
        }
        Entry first = entries.putIfAbsent(entry.key(), entry);
        if (first != null) {
            mistakes.add(new Mistake(
                    entry.key(),
                    number,
                    null,
                    "the key is set twice, first in line " + first.line(),
                    "Remove one of the two"));
        }
    }
}
