package io.m365mail.sandbox;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets the commands of one session pass, or lets go wrong what {@link Faults} ask for. A connection that is to be lost
 * after a reply is lost a moment later, or at the next command where that comes first: the client sees the same.
 */
final class FaultGate {
    /** Long enough that the reply is on the wire. */
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Faults faults;
    private final Delays delays;
    private final SmtpPeer peer;
    private volatile boolean lost;

    FaultGate(Faults faults, Delays delays, SmtpPeer peer) {
        this.faults = faults;
        this.delays = delays;
        this.peer = peer;
    }

    /** The reply to give; never completes where the connection was dropped instead. */
    CompletableFuture<Reply> pass(
            Stage stage, String mailbox, List<String> recipients, Supplier<CompletableFuture<Reply>> proper) {
        if (lost) {
            return drop();
        }
        Fault fault = faults.at(stage, mailbox, recipients);
        if (fault == Fault.NONE) {
            return proper.get();
        }
        if (fault.drop() == Fault.Drop.BEFORE) {
            return delays.after(fault.delay()).thenCompose(late -> drop());
        }
        // The work is done at once and its reply comes late, so a client that gives up too early has sent the message.
        CompletableFuture<Reply> work =
                fault.reply() != null ? CompletableFuture.completedFuture(fault.reply()) : proper.get();
        CompletableFuture<Reply> reply =
                work.thenCompose(done -> delays.after(fault.delay()).thenApply(late -> done));
        return switch (fault.drop()) {
            case INSTEAD_OF_REPLY -> reply.thenCompose(done -> drop());
            case AFTER_REPLY ->
                reply.whenComplete((done, failure) -> {
                    lost = true;
                    delays.after(MOMENT).thenRun(peer::disconnect);
                });
            default -> reply;
        };
    }

    private CompletableFuture<Reply> drop() {
        peer.disconnect();
        return new CompletableFuture<>();
    }
}
