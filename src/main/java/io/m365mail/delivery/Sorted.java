package io.m365mail.delivery;

import io.m365mail.mail.Addresses;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.verdict.Row;
import io.m365mail.verdict.Ruling;
import io.m365mail.verdict.Trait;
import io.m365mail.verdict.VerdictTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The recipients of one outcome by what happens to them, and what the replies say of the transport. */
final class Sorted {
    /** How long a transport is parked where the reply's row in the table does not say. */
    private static final Duration PARK = Duration.ofMinutes(30);

    final List<Recipient> delivered = new ArrayList<>();
    /** The rest of a transaction that was too large. */
    final List<Outcome.Result> split = new ArrayList<>();
    /** To be tried again right away, over another connection. */
    final List<Outcome.Result> atOnce = new ArrayList<>();
    /** Not concerned by what stopped the others: they go on at once. */
    final List<Recipient> onward = new ArrayList<>();
    /** The transport is held or parked: they wait in its queue. */
    final List<Recipient> waiting = new ArrayList<>();
    /** The tenant's limit for external recipients is used up: they wait aside. */
    final List<Recipient> external = new ArrayList<>();

    final List<Outcome.Result> retry = new ArrayList<>();
    final List<Outcome.Result> dead = new ArrayList<>();

    /** The shortest wait that a reply asks for. */
    Duration wait = Duration.ZERO;
    /** How long to wait whatever the schedule says, or null. */
    Duration exactly;
    /** How long the ones were tried that are dead for having been tried too long; null where there are none. */
    Duration givenUp;
    /** True where the try counts as an attempt. */
    boolean counted;
    /** SPLIT or RETRY that concerns one recipient domain: each domain is to go by itself. */
    boolean byDomain;

    String held;
    String parked;
    Instant parkedUntil;
    /** The reply that asks for less at a time, or null. */
    String slower;
    /** The server named no fault of the session: a held transport's configuration is right again. */
    boolean pastAuth;

    String externalReply;
    Duration externalPause;
    boolean externalOfSender;

    private final Delivery delivery;
    private final Context context;

    /** What a reply is judged against. */
    record Context(
            String transportType,
            VerdictTable table,
            HoldProof proof,
            Duration giveUp,
            Clock clock,
            Predicate<String> internalDomains) {}

    Sorted(Delivery delivery, Context context) {
        this.delivery = delivery;
        this.context = context;
    }

    void add(Outcome.Result r) {
        Ruling ruling = context.table().judge(context.transportType(), r.stage(), r.reply());
        Row row = ruling.row();
        pastAuth |= r.fromServer() && r.stage().compareTo(Stage.AUTH) > 0;
        // The pool has already tried another connection where a kept one was to blame.
        switch (ruling.onFreshConnection()) {
            case DELIVERED -> delivered.add(r.recipient());
            case RECONNECT -> reconnect(r, row);
            case SPLIT -> split(r, row);
            case DEAD_RECIPIENT, DEAD_MESSAGE -> die(r, row);
            case RETRY -> retry(r, row);
            case PARK -> park(r, row);
            case HOLD -> {
                if (context.proof().proves(r.stage(), row, delivery)) {
                    held = r.reply().toString();
                    waiting.add(r.recipient());
                } else {
                    retry(r, row);
                }
            }
        }
    }

    /** One recipient cannot be divided: he is tried again later. */
    private void split(Outcome.Result r, Row row) {
        if (delivery.envelope().recipients().size() == 1) {
            retry(r, row);
        } else {
            split.add(r);
            byDomain |= row.has(Trait.ONE_DOMAIN) && domains() > 1;
        }
    }

    /** Once at once; a server that goes on like that has to be waited for. */
    private void reconnect(Outcome.Result r, Row row) {
        if (delivery.lastReply() == null) {
            atOnce.add(r);
        } else {
            retry(r, row);
        }
    }

    private void die(Outcome.Result r, Row row) {
        if (row.has(Trait.ONCE) && !isRepeated(r, row)) {
            retry(r, row);
        } else {
            dead.add(r);
        }
    }

    private void park(Outcome.Result r, Row row) {
        if (row.has(Trait.EXTERNAL_ONLY)) {
            parkExternal(r, row);
            return;
        }
        waiting.add(r.recipient());
        parkedUntil = context.clock().instant().plus(row.pause() == null ? PARK : row.pause());
        parked = r.reply().toString();
    }

    /** A reply to the whole message also stands for the internal recipients in it, whom it does not concern. */
    private void parkExternal(Outcome.Result r, Row row) {
        boolean ours = !context.transportType().equals("server");
        if (ours && !context.internalDomains().test(r.recipient().domain())) {
            external.add(r.recipient());
            externalReply = r.reply().toString();
            externalPause = row.pause() == null ? PARK : row.pause();
            externalOfSender = row.has(Trait.SENDER_DOMAIN);
        } else if (ours && delivery.envelope().recipients().stream().anyMatch(this::isExternal)) {
            onward.add(r.recipient());
        } else {
            retry(r, row);
        }
    }

    private boolean isExternal(Recipient r) {
        return !context.internalDomains().test(r.domain());
    }

    private void retry(Outcome.Result r, Row row) {
        Duration lifetime =
                row.giveUp() == null || row.giveUp().compareTo(context.giveUp()) > 0 ? context.giveUp() : row.giveUp();
        if (delivery.tried().compareTo(lifetime) >= 0) {
            givenUp = lifetime;
            dead.add(r);
            return;
        }
        if (row.has(Trait.DOMAIN) && r.stage().compareTo(Stage.RCPT) > 0 && domains() > 1) {
            // The reply to the whole message does not say whose domain it was: each goes by itself.
            split.add(r);
            byDomain = true;
            return;
        }
        retry.add(r);
        if (row.has(Trait.SLOW_DOWN)) {
            slower = r.reply().toString();
        }
        boolean again = isRepeated(r, row);
        if (row.has(Trait.REFRESH_TOKEN) && !again && row.pause() != null) {
            exactly = row.pause();
        }
        wait = wait.compareTo(row.pause() == null ? Duration.ZERO : row.pause()) >= 0 ? wait : row.pause();
        counted |= !row.has(Trait.NO_ATTEMPT);
    }

    private long domains() {
        return delivery.envelope().recipients().stream()
                .map(Recipient::domain)
                .distinct()
                .count();
    }

    /** The reply that put the delivery off was of the same kind. */
    private boolean isRepeated(Outcome.Result r, Row row) {
        if (delivery.lastReply() == null) {
            return false;
        }
        Reply last = Reply.parse(List.of(delivery.lastReply()));
        return context.table()
                .judge(context.transportType(), r.stage(), last)
                .row()
                .id()
                .equals(row.id());
    }

    String senderDomain() {
        return Addresses.domain(delivery.envelope().from());
    }

    /** Nobody was served and nobody told apart: the whole transaction was too large. */
    boolean splitAll() {
        return split.size() == delivery.envelope().recipients().size();
    }

    boolean isProbeSuccess() {
        return pastAuth && held == null && parkedUntil == null;
    }
}
