package io.m365mail.mail;

import java.util.Locale;
import java.util.Map;

/**
 * The priority that a message's header asks for, on the JMS scale: {@code X-Priority} 1 to 5, else {@code Importance}
 * (RFC 2156), {@code X-MSMail-Priority} or {@code Priority}; 4 where it says nothing that is known.
 */
public final class HeaderPriority {
    public static final int ORDINARY = 4;

    private static final Map<String, Integer> DEGREES = Map.of("1", 9, "2", 7, "3", ORDINARY, "4", 2, "5", 1);
    private static final Map<String, Integer> WORDS =
            Map.of("high", 7, "highest", 9, "urgent", 9, "normal", ORDINARY, "low", 2, "lowest", 1, "non-urgent", 2);

    private HeaderPriority() {}

    public static int of(HeaderBlock header) {
        // "1 (Highest)" is what many clients write.
        Integer degree = DEGREES.get(word(header, "X-Priority").replaceAll("\\D.*", ""));
        if (degree != null) {
            return degree;
        }
        for (String field : new String[] {"Importance", "X-MSMail-Priority", "Priority"}) {
            Integer priority = WORDS.get(word(header, field));
            if (priority != null) {
                return priority;
            }
        }
        return ORDINARY;
    }

    private static String word(HeaderBlock header, String field) {
        return header.first(field).map(HeaderField::unfolded).orElse("").strip().toLowerCase(Locale.ROOT);
    }
}
