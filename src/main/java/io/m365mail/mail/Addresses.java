package io.m365mail.mail;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Checks mail addresses as an SMTP path carries them (RFC 5321 section 4.1.2, RFC 6531 for non-ASCII). It is strict
 * about what could break out of a command or a log line (control characters, angle brackets, blanks outside quotes) and
 * about the sizes of section 4.5.3.1; it does not try to say whether a mailbox exists.
 */
public final class Addresses {
    private Addresses() {}

    /**
     * What is wrong with an address, or null when it may stand in an envelope.
     *
     * @param address without angle brackets
     */
    public static String problem(String address) {
        if (address == null || address.isEmpty()) {
            return "the address is empty";
        }
        int at = address.lastIndexOf('@');
        if (at < 0) {
            return "the address has no @ and no domain";
        }
        if (at == 0 || at == address.length() - 1) {
            return "the address has no " + (at == 0 ? "local part" : "domain");
        }
        String local = address.substring(0, at);
        String domain = address.substring(at + 1);
        if (bytes(local) > 64) {
            return "the local part is longer than 64 octets";
        }
        if (bytes(domain) > 255) {
            return "the domain is longer than 255 octets";
        }
        if (!isAscii(address) && separates(address)) {
            return "the address has a control character, a line separator or a blank";
        }
        String inLocal = local.startsWith("\"") ? quotedProblem(local) : dotAtomProblem(local, "local part");
        return inLocal != null ? inLocal : domainProblem(domain);
    }

    public static boolean isValid(String address) {
        return problem(address) == null;
    }

    /** The domain in lower case; empty where there is none. */
    public static String domain(String address) {
        int at = address.lastIndexOf('@');
        return at < 0 ? "" : address.substring(at + 1).toLowerCase(Locale.ROOT);
    }

    public static boolean isAscii(String s) {
        return s.chars().allMatch(c -> c < 128);
    }

    /** Outside ASCII: what ends a line or a word on some screens, or is no character at all (RFC 6532 section 3.1). */
    private static boolean separates(String s) {
        return s.codePoints().anyMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> c > 127 && Character.isSpaceChar(c);
        });
    }

    private static int bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String quotedProblem(String local) {
        if (local.length() < 2 || !local.endsWith("\"")) {
            return "the quoted local part has no closing quote";
        }
        for (int i = 1; i < local.length() - 1; i++) {
            char c = local.charAt(i);
            if (c == '\\') {
                i++;
                if (i >= local.length() - 1) {
                    return "the quoted local part ends in a backslash";
                }
                c = local.charAt(i);
            } else if (c == '"') {
                return "the quoted local part has a quote inside";
            }
            if (c < 32 || c == 127) {
                return "the local part has a control character";
            }
        }
        return null;
    }

    private static String dotAtomProblem(String s, String what) {
        if (s.startsWith(".") || s.endsWith(".") || s.contains("..")) {
            return "the " + what + " has a dot at its start or end, or two in a row";
        }
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c <= 32 || c == 127 || "()<>[]:;@\\,\"".indexOf(c) >= 0) {
                return "the " + what + " has a character that must be quoted";
            }
        }
        return null;
    }

    private static String domainProblem(String domain) {
        if (domain.startsWith("[") && domain.endsWith("]")) {
            return domain.substring(1, domain.length() - 1)
                            .chars()
                            .allMatch(c -> c > 32 && c < 127 && "[]<>()\\\",;@".indexOf(c) < 0)
                    ? null
                    : "the address literal is malformed";
        }
        String inAtom = dotAtomProblem(domain, "domain");
        if (inAtom != null) {
            return inAtom;
        }
        for (String label : domain.split("\\.")) {
            if (bytes(label) > 63 || label.startsWith("-") || label.endsWith("-")) {
                return "the domain has a label longer than 63 octets, or with a hyphen at its end";
            }
            if (!label.chars().allMatch(c -> c >= 128 || c == '-' || c == '_' || Character.isLetterOrDigit(c))) {
                return "the domain has a character that no host name may have";
            }
        }
        return null;
    }
}
