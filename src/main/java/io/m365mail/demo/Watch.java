package io.m365mail.demo;

import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.SandboxEvents;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Tells what is worth telling of what happened since the last look: refusals, the appointment, the application's rows. */
final class Watch {
    private static final String BOUNCED = "BOUNCED";

    private final Story story;
    private final DemoWorld world;
    private final Instant due;
    private int taken;
    private int refused;
    private List<DemoOutbox.Row> rows = List.of();

    /** @param due when the appointment is to leave */
    Watch(Story story, DemoWorld world, Instant due) {
        this.story = story;
        this.world = world;
        this.due = due;
    }

    void look() throws IOException, SQLException {
        List<SandboxEvents.Refusal> refusals = world.sandbox().log().refusals();
        refusals.subList(refused, refusals.size()).forEach(this::tell);
        refused = refusals.size();
        List<ReceivedMessage> received = world.sandbox().log().received();
        for (ReceivedMessage m : received.subList(taken, received.size())) {
            tell(Arrival.of(m, world.sandbox().log()));
        }
        taken = received.size();
        List<DemoOutbox.Row> now = world.outbox().rows();
        now.stream()
                .filter(DemoOutbox.Row::isFinal)
                .filter(r -> !rows.contains(r))
                .forEach(this::tell);
        rows = now;
    }

    /** The application's rows have their last status. */
    boolean rowsAreDone() {
        return rows.stream().allMatch(DemoOutbox.Row::isFinal)
                && rows.stream().anyMatch(r -> r.status().equals(BOUNCED));
    }

    private void tell(SandboxEvents.Refusal r) {
        story.tell("refused", r.reply().toString());
        story.detail(
                r.reply().isPermanent()
                        ? "For good: that recipient becomes a dead letter. The others have theirs."
                        : "Not for good: that recipient alone is tried again in a second. The others have theirs.");
    }

    private void tell(Arrival a) {
        if (a.subject().equals(DemoMessages.APPOINTMENT)) {
            double late = story.seconds(a.message().takenAt()) - story.seconds(due);
            story.tell(
                    "on time",
                    String.format(
                            Locale.ROOT,
                            "\"%s\" was due at %.1f s, and left %.2f s later.",
                            a.subject(),
                            story.seconds(due),
                            late));
        }
    }

    private void tell(DemoOutbox.Row row) {
        boolean back = row.status().equals(BOUNCED);
        story.tell(
                back ? "mailbox" : "database",
                (back ? "A report came back to the ERP's mailbox. Its " : "The ERP's ") + "row " + row.id() + " is "
                        + row.status() + ": " + row.detail());
    }
}
