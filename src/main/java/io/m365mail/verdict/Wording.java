package io.m365mail.verdict;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows in plain words, for {@code explain} and for the page. */
final class Wording {
    private Wording() {}

    static String verdict(Verdict verdict) {
        return switch (verdict) {
            case DELIVERED -> "accepted";
            case RETRY -> "tried again later";
            case RECONNECT -> "sent at once over a new connection";
            case SPLIT -> "accepted recipients go, the rest is sent at once in another transaction";
            case HOLD ->
                "the transport is held: its queue waits, an alarm is up, a slow probe tries again; no message is"
                        + " blamed";
            case PARK -> "the transport is parked: its queue waits until the limit's window frees";
            case DEAD_RECIPIENT -> "this recipient is dead and goes to the dead letters; the others go on";
            case DEAD_MESSAGE -> "the message is dead and goes to the dead letters";
        };
    }

    /** The verdict with all that the row says about carrying it out. */
    static String verdict(Row row) {
        var parts = new ArrayList<String>();
        parts.add(
                row.has(Trait.STEP)
                        ? "done; " + Trait.STEP.words() + ", the message is not sent by it"
                        : verdict(row.verdict()));
        if (row.pause() != null) {
            String pause = duration(row.pause());
            parts.add(row.verdict() == Verdict.PARK ? "a window of " + pause : "after " + pause);
        }
        if (row.giveUp() != null) {
            parts.add("given up after " + duration(row.giveUp()));
        }
        row.traits().stream().filter(Wording::saysHow).map(Trait::words).forEach(parts::add);
        return String.join("; ", parts);
    }

    private static boolean saysHow(Trait trait) {
        return !EnumSet.of(Trait.ALERT, Trait.BOUNCE, Trait.OWN, Trait.STEP, Trait.GENERAL, Trait.FALLBACK)
                .contains(trait);
    }

    /** Who gives it and at which stage: {@code tenant MX (direct send, relay), at RCPT}. */
    static String where(Row row) {
        String who = row.when().paths().stream().map(Path::words).collect(Collectors.joining(", "));
        Set<Stage> stages = row.seen().isEmpty() ? row.when().at() : row.seen();
        var parts = new ArrayList<String>(List.of(who));
        if (!stages.isEmpty()) {
            parts.add(stages(stages));
        }
        if (row.has(Trait.BOUNCE)) {
            parts.add(Trait.BOUNCE.words());
        }
        if (row.has(Trait.OWN)) {
            parts.add(Trait.OWN.words());
        }
        return String.join("; ", parts);
    }

    private static String stages(Collection<Stage> stages) {
        if (stages.equals(EnumSet.complementOf(EnumSet.of(Stage.MAIL)))) {
            return "at any stage but MAIL";
        }
        if (stages.equals(EnumSet.range(Stage.MAIL, Stage.END_OF_DATA))) {
            return "from MAIL on";
        }
        return "at " + stages.stream().map(Wording::stage).collect(Collectors.joining(", "));
    }

    static String stage(Stage stage) {
        return stage == Stage.END_OF_DATA
                ? "the end of the data"
                : stage == Stage.CONNECT ? "the connection" : stage.name();
    }

    static String duration(Duration d) {
        if (d.toSeconds() < 60) {
            return d.toSeconds() + " s";
        }
        return d.toMinutes() < 60 ? d.toMinutes() + " min" : d.toHours() + " h";
    }

    /** The second number of an enhanced code (RFC 3463 section 3), in words. */
    static String subject(String enhanced) {
        return switch (enhanced.charAt(2)) {
            case '1' -> "speaks of an address";
            case '2' -> "speaks of a mailbox";
            case '3' -> "speaks of the mail system";
            case '4' -> "speaks of the network or routing";
            case '5' -> "speaks of the SMTP session";
            case '6' -> "speaks of the message's content";
            case '7' -> "speaks of security or policy";
            default -> "says no more";
        };
    }
}
