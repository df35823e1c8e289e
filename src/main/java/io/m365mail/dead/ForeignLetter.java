package io.m365mail.dead;

import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Describes a message that the broker, not we, put among the dead letters: a submission that expired. */
final class ForeignLetter {
    private static final int SHOWN = 64 << 10;

    private ForeignLetter() {}

    static DeadLetter describe(Message message) throws JMSException {
        String origin = message.getStringProperty("_AMQ_ORIG_QUEUE");
        boolean expired = message.propertyExists("_AMQ_ACTUAL_EXPIRY");
        String reason = (expired ? "expired in " : "not delivered by the broker from ")
                + origin
                + (expired ? ": its time to live was over before it was read" : "");
        return new DeadLetter(
                message.getJMSMessageID(),
                Instant.ofEpochMilli(message.getJMSTimestamp()),
                null,
                origin,
                null,
                Envelope.of("", List.of()),
                List.of(),
                reason,
                0,
                message.getJMSPriority(),
                null,
                null,
                content(message));
    }

    private static MailContent content(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            byte[] head = new byte[(int) Math.min(SHOWN, bytes.getBodyLength())];
            if (head.length > 0) {
                bytes.readBytes(head);
            }
            return MailContent.of(head);
        }
        String text = message instanceof TextMessage t && t.getText() != null ? t.getText() : "";
        return MailContent.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
