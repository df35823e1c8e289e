package io.m365mail.config;

import java.util.Locale;
import java.util.Map;

/** Header fields that no rewrite rule adds, sets or removes. */
public final class ProtectedHeaders {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("from", "use default-from, force-from or map-from"),
            Map.entry("sender", "use force-from or map-from"),
            Map.entry("reply-to", "use reply-to"),
            Map.entry("to", "the envelope decides who gets the message: use aliases"),
            Map.entry("cc", "the envelope decides who gets the message: use aliases"),
            Map.entry("bcc", "the relay takes it out, and the envelope decides who gets the message"),
            Map.entry("message-id", "it is what a message is traced by, and is made where it is missing"),
            Map.entry("date", "it belongs to the author, and is made where it is missing"),
            Map.entry("received", "it is the trace that ends loops"),
            Map.entry("return-path", "the last server writes it"),
            Map.entry("mime-version", "it is part of the message's structure"),
            Map.entry("dkim-signature", "it is a signature"),
            Map.entry("authentication-results", "receivers rely on it"),
            Map.entry("x-sender", "it steers mail"),
            Map.entry("x-receiver", "it steers mail"),
            Map.entry("x-originatororg", "it steers mail in Exchange Online"));

    private static final Map<String, String> PREFIXES = Map.of(
            "content-", "it is part of the message's structure",
            "resent-", "it is part of the trace",
            "arc-", "it is a signature",
            "x-m365-", "it is the relay's own trace",
            "x-ms-exchange-", "it steers mail in Exchange Online",
            "x-forefront-", "it steers mail in Exchange Online",
            "x-microsoft-antispam", "it steers mail in Exchange Online");

    private ProtectedHeaders() {}

    /** @return why a rule may not touch the field, or null where it may */
    public static String why(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String why = NAMES.get(lower);
        return why != null
                ? why
                : PREFIXES.entrySet().stream()
                        .filter(e -> lower.startsWith(e.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }
}
