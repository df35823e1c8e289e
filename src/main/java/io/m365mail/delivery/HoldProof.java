package io.m365mail.delivery;

import io.m365mail.mail.Delivery;
import io.m365mail.smtp.Stage;
import io.m365mail.verdict.Row;
import io.m365mail.verdict.Trait;
import java.util.HashMap;
import java.util.Map;

/**
 * When is a refusal the transport's fault and not the message's? At AUTH and before, no message was named yet, so one
 * reply is proof. Later one poisoned message must not stop a transport: it takes the same reply for two different
 * senders, or, where the table says that the reply speaks of the mailbox itself, for two messages. Whatever is delivered
 * in between takes the proof away.
 */
final class HoldProof {
    private record First(String sender, String submission) {}

    private final Map<String, First> firsts = new HashMap<>();

    synchronized boolean proves(Stage stage, Row row, Delivery delivery) {
        if (stage.compareTo(Stage.MAIL) < 0) {
            return true;
        }
        String sender = delivery.envelope().from();
        First first = firsts.putIfAbsent(row.id(), new First(sender, delivery.submissionId()));
        if (first == null) {
            return false;
        }
        return row.has(Trait.NEEDS_TWO_SENDERS)
                ? !first.sender().equalsIgnoreCase(sender)
                : !first.submission().equals(delivery.submissionId());
    }

    synchronized void delivered() {
        firsts.clear();
    }
}
