package io.m365mail.compose;

import io.m365mail.mail.Addresses;
import io.m365mail.mail.MailAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a message is to show. Hidden recipients are no part of it: they stand in the envelope only. Nothing in it can end
 * a header line: a value that could is refused when the object is made, whatever was checked before.
 *
 * @param subject null for none
 * @param text null or empty for none
 * @param html null or empty for none
 * @param headers further fields by name, see {@link HeaderRules}
 */
public record NewMessage(
        MailAddress from,
        List<MailAddress> to,
        List<MailAddress> cc,
        List<MailAddress> replyTo,
        String subject,
        String text,
        String html,
        List<Attachment> attachments,
        Map<String, String> headers) {
    /** A line has 998 octets at most (RFC 5322 section 2.1.1), and its name and folding need some. */
    private static final int MAX_WORD = 850;

    public NewMessage {
        to = List.copyOf(to);
        cc = List.copyOf(cc);
        replyTo = List.copyOf(replyTo);
        attachments = List.copyOf(attachments);
        Stream.of(List.of(from), to, cc, replyTo).flatMap(List::stream).forEach(NewMessage::requireAddress);
        requireLine("subject", subject);
        headers.forEach((name, value) -> {
            String problem = HeaderRules.problem(name);
            if (problem != null) {
                throw new IllegalArgumentException("header " + name + ": " + problem);
            }
            requireLine("header " + name, value);
        });
    }

    /** Some address that only SMTPUTF8 can carry (RFC 6531). */
    boolean needsUtf8() {
        return Stream.of(List.of(from), to, cc, replyTo)
                .flatMap(List::stream)
                .anyMatch(a -> !Addresses.isAscii(a.address()));
    }

    private static void requireAddress(MailAddress address) {
        String problem = Addresses.problem(address.address());
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        requireLine("display name", address.display());
    }

    static void requireLine(String what, String value) {
        String problem = value == null ? null : lineProblem(value);
        if (problem != null) {
            throw new IllegalArgumentException("the " + what + " " + problem);
        }
    }

    /** What keeps a value from standing in a header, or null. */
    static String lineProblem(String value) {
        if (value.codePoints().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
            return "has a control character";
        }
        if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            return "is not valid Unicode";
        }
        int word = 0;
        for (int i = 0; i < value.length(); i++) {
            word = value.charAt(i) == ' ' || value.charAt(i) == '\t' ? 0 : word + 1;
            if (word > MAX_WORD) {
                return "has more than " + MAX_WORD + " characters without a blank, so that its line cannot be folded";
            }
        }
        return null;
    }
}
