package io.m365mail.mail;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the fields that we add to a message. Whatever goes into them is cleaned first: nothing that a client chose (its
 * EHLO name, say) can end a line, a comment or the field, and no line is longer than RFC 5322 allows.
 */
final class TraceFields {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
    /** What a client may have said about itself is cut here. */
    private static final int MAX_CLIENT_TEXT = 400;
    /** Lines are folded before this column where they have a blank (RFC 5322 section 2.1.1). */
    private static final int FOLD_AT = 76;

    private TraceFields() {}

    /** {@code Received: from … by … (m365-mail-routes) with … id …; date} (RFC 5321 section 4.4). */
    static String received(String receivedFrom, String hostname, String id, Instant when) {
        String from = clientText(receivedFrom == null ? "" : receivedFrom);
        int with = from.lastIndexOf(" with ");
        String protocol = with < 0 ? "" : from.substring(with);
        String client = with < 0 ? from : from.substring(0, with);
        var words = new ArrayList<String>(List.of("Received:"));
        String path = (client.isBlank() ? "" : "from " + client + " ") + "by " + token(hostname);
        words.addAll(List.of((path + " (m365-mail-routes)" + protocol + " id " + token(id) + ";").split(" +")));
        words.add(date(when));
        return fold(words);
    }

    static String date(Instant when) {
        return DATE.format(when.atOffset(ZoneOffset.UTC));
    }

    /** A field whose value is clean and short already; it is not folded. */
    static String field(String name, String value) {
        return name + ": " + value + "\r\n";
    }

    /** ASCII of host names, ids and address literals only; other characters become an underscore. */
    static String token(String s) {
        var out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            out.append(plain || "._:[]@+-".indexOf(c) >= 0 ? c : '_');
        }
        return out.toString();
    }

    static byte[] bytes(String fields) {
        return fields.getBytes(StandardCharsets.UTF_8);
    }

    private static String clientText(String s) {
        var out = new StringBuilder();
        int open = 0;
        for (char c : s.substring(0, Math.min(s.length(), MAX_CLIENT_TEXT)).toCharArray()) {
            if (c == '(') {
                open++;
            } else if (c == ')' && --open < 0) {
                c = '_';
                open = 0;
            }
            boolean unsafe = c < ' ' || c > '~' || c == ';' || c == '\\' || c == '"';
            out.append(unsafe ? '_' : c);
        }
        return out.append(")".repeat(open)).toString().strip();
    }

    /** Puts words on lines; a word is never broken. */
    private static String fold(List<String> words) {
        var out = new StringBuilder(words.get(0));
        int column = out.length();
        for (String word : words.subList(1, words.size())) {
            if (column + 1 + word.length() > FOLD_AT) {
                out.append("\r\n\t");
                column = 8;
            } else {
                out.append(' ');
                column++;
            }
            out.append(word);
            column += word.length();
        }
        return out.append("\r\n").toString();
    }
}
