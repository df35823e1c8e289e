package io.m365mail.sandbox;

import java.util.regex.Pattern;

/** Whether Exchange Online takes a name given with EHLO: host names without underscores, and address literals. */
final class HelloName {
    private static final Pattern LABELS = Pattern.compile(
            "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern LITERAL =
            Pattern.compile("\\[(?:\\d{1,3}(?:\\.\\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})]");

    private HelloName() {}

    static boolean isValid(String name) {
        return name != null
                && name.length() <= 255
                && (LABELS.matcher(name).matches() || LITERAL.matcher(name).matches());
    }
}
