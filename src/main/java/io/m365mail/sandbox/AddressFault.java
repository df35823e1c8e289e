package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fault that a recipient address asks for in its local part, whatever its domain (the idea of KumoMTA's sink). The
 * grammar, in ABNF; case does not matter:
 *
 * <pre>
 * local-part = fault [ "-" count "x" ] [ "." reply ] [ ".at-" stage ] [ "+" anything ]
 * fault      = "tempfail" / "reject" / "busy" / "unknown" / "slow-" number ( "s" / "ms" )
 *            / "drop-at-rcpt" / "drop-at-data" / "drop-at-end" / "drop-after-data"
 * count      = number                ; only the first so many times for this very address; without: always
 * reply      = code [ "-" enhanced ] ; 451-4.7.500; tempfail takes 4xx, reject 5xx
 * stage      = "mail" / "rcpt" / "data" / "end"
 * </pre>
 *
 * <ul>
 *   <li>{@code tempfail}: 451 4.7.500 at RCPT; {@code reject}: 550 5.1.10 at RCPT; {@code unknown}: 550 5.4.1 at RCPT
 *   <li>{@code busy}: 432 4.3.2, recipient thread limit, at the end of the data
 *   <li>{@code slow-3s}: the reply at the end of the data comes three seconds late
 *   <li>{@code drop-at-rcpt}, {@code drop-at-data}: the connection is lost at that command; {@code drop-at-end}: after
 *       the final dot, the message is not taken; {@code drop-after-data}: after the final dot, the message is taken and
 *       the reply is lost
 * </ul>
 *
 * A stage in the address moves tempfail, reject, busy, unknown and slow there. At "data" and "end" the fault concerns
 * the whole message. At "mail" it is the sender's address that asks; other faults in a sender's address do nothing.
 *
 * @param times how often it strikes, {@link Integer#MAX_VALUE} for always
 */
record AddressFault(Stage stage, int times, Fault fault) {
    private static final Pattern GRAMMAR = Pattern.compile("(?<kind>tempfail|reject|busy|unknown|drop-at-rcpt"
            + "|drop-at-data|drop-at-end|drop-after-data|slow-(?<number>\\d{1,6})(?<unit>ms|s))"
            + "(?:-(?<count>\\d{1,6})x)?"
            + "(?:\\.(?<code>[45]\\d\\d)(?:-(?<enhanced>[45]\\.\\d{1,3}\\.\\d{1,3}))?)?"
            + "(?:\\.at-(?<stage>mail|rcpt|data|end))?(?:\\+.*)?");
    /** What is close enough to the grammar that somebody meant it. */
    private static final Pattern MEANT =
            Pattern.compile("(?:(?:tempfail|reject)(?:[-.+].*)?|drop-(?:at|after)-.*|slow-\\d.*)");

    /**
     * The fault that an address asks for, if any.
     *
     * @throws IllegalArgumentException where it looks like a fault but does not follow the grammar
     */
    static Optional<AddressFault> of(String address) {
        int at = address.lastIndexOf('@');
        String local = address.substring(0, Math.max(at, 0)).toLowerCase(Locale.ROOT);
        Matcher m = GRAMMAR.matcher(local);
        if (m.matches()) {
            return Optional.of(read(m));
        }
        if (MEANT.matcher(local).matches()) {
            throw new IllegalArgumentException("not a fault address: " + local);
        }
        return Optional.empty();
    }

    /** Whether this sender asks for a fault at MAIL. */
    static boolean isAtMail(String sender) {
        try {
            return of(sender).filter(f -> f.stage() == Stage.MAIL).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static AddressFault read(Matcher m) {
        String kind = m.group("kind");
        int times = m.group("count") == null ? Integer.MAX_VALUE : Integer.parseInt(m.group("count"));
        if (kind.startsWith("drop-")) {
            if (m.group("code") != null || m.group("stage") != null) {
                throw new IllegalArgumentException(kind + " takes neither a reply nor a stage");
            }
            return drop(kind, times);
        }
        Stage stage = stage(m.group("stage"), kind);
        if (kind.startsWith("slow-")) {
            long number = Long.parseLong(m.group("number"));
            Reply reply = m.group("code") == null ? null : reply(m, "");
            Duration delay = m.group("unit").equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
            return new AddressFault(stage, times, new Fault(delay, reply, Fault.Drop.NEVER));
        }
        return new AddressFault(stage, times, Fault.reply(reply(m, kind)));
    }

    private static AddressFault drop(String kind, int times) {
        return switch (kind) {
            case "drop-at-rcpt" -> new AddressFault(Stage.RCPT, times, Fault.drop(Fault.Drop.BEFORE));
            case "drop-at-data" -> new AddressFault(Stage.DATA, times, Fault.drop(Fault.Drop.BEFORE));
            case "drop-at-end" -> new AddressFault(Stage.END_OF_DATA, times, Fault.drop(Fault.Drop.BEFORE));
            default -> new AddressFault(Stage.END_OF_DATA, times, Fault.drop(Fault.Drop.INSTEAD_OF_REPLY));
        };
    }

    private static Stage stage(String name, String kind) {
        if (name == null) {
            return kind.equals("busy") || kind.startsWith("slow-") ? Stage.END_OF_DATA : Stage.RCPT;
        }
        return switch (name) {
            case "mail" -> Stage.MAIL;
            case "rcpt" -> Stage.RCPT;
            case "data" -> Stage.DATA;
            default -> Stage.END_OF_DATA;
        };
    }

    private static Reply reply(Matcher m, String kind) {
        if (m.group("code") == null) {
            return switch (kind) {
                case "tempfail" -> Replies.coded(451, "4.7.500");
                case "busy" -> Replies.coded(432, "4.3.2");
                case "unknown" -> Replies.coded(550, "5.4.1");
                default -> Replies.coded(550, "5.1.10");
            };
        }
        int code = Integer.parseInt(m.group("code"));
        if (kind.equals("tempfail") && code >= 500 || kind.equals("reject") && code < 500) {
            throw new IllegalArgumentException(kind + " with " + code);
        }
        return Replies.coded(code, m.group("enhanced"));
    }
}
