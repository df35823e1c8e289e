package io.m365mail.compose;

import java.util.Locale;
import java.util.Set;

/**
 * Which header fields a submission may set by name. All that structure a message (Content-…, MIME-Version), say who it
 * is from and for, trace it (Received, Message-ID, Date, Resent-…) or steer Exchange Online, Camel or us are made by us
 * or not at all; so the rule is a list of what is allowed, not of what is forbidden.
 */
final class HeaderRules {
    private static final Set<String> ALLOWED = Set.of(
            "in-reply-to",
            "references",
            "importance",
            "priority",
            "sensitivity",
            "auto-submitted",
            "precedence",
            "list-id",
            "list-unsubscribe",
            "list-unsubscribe-post",
            "keywords",
            "comments",
            "organization");
    private static final Set<String> STEERING = Set.of("x-sender", "x-receiver", "x-originatororg");

    private HeaderRules() {}

    /** What is wrong with a field name, or null. */
    static String problem(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!name.matches("[A-Za-z0-9-]{1,100}")) {
            return "a field name has letters, digits and hyphens only, 100 at most";
        }
        if (lower.startsWith("x-m365-")
                || lower.startsWith("x-ms-exchange-")
                || lower.startsWith("x-forefront-")
                || lower.startsWith("x-microsoft-antispam")
                || STEERING.contains(lower)) {
            return "this field steers mail and cannot be set";
        }
        if (!lower.startsWith("x-") && !ALLOWED.contains(lower)) {
            return "this field cannot be set here: only X-… and "
                    + String.join(", ", ALLOWED.stream().sorted().toList());
        }
        return null;
    }
}
