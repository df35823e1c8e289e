package io.m365mail.delivery;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When is a refusal the transport's fault and not the message's? At AUTH and before, no message was named yet, so one
 * reply is proof. Later it takes the same reply for two different senders: one poisoned message must not stop a
 * transport. Remembers the first sender of the last few replies.
 */
final class HoldProof {
    private static final int REMEMBERED = 32;

    private final Map<String, String> firstSender = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized boolean proves(Stage stage, Reply reply, String sender) {
        if (stage.compareTo(Stage.MAIL) < 0) {
            return true;
        }
        String before = firstSender.putIfAbsent(reply.code() + " " + reply.enhanced(), sender);
        return before != null && !before.equalsIgnoreCase(sender);
    }
}
