package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message that the sandbox took. All times are the sandbox's clock.
 *
 * @param connection number of the connection, from 1 up
 * @param mailbox who was logged in
 * @param from P1, the envelope sender
 * @param recipients the accepted recipients, as the client wrote them
 * @param size bytes
 * @param sha256 of the bytes, lower-case hexadecimal
 * @param messageId the Message-ID field, or null
 * @param traceId the field that names the submission ({@link SandboxBuilder#traceHeader}), or null
 * @param mailAt arrival of MAIL
 * @param dataAt arrival of the last byte
 * @param takenAt when it was taken, which is what the rate counts: {@code dataAt}, or later where it was delayed
 * @param repliedAt when the reply was handed to the connection, or would have been where a fault lost or delayed it
 * @param content the bytes, where they were kept
 */
public record ReceivedMessage(
        long connection,
        String mailbox,
        String from,
        List<String> recipients,
        long size,
        String sha256,
        String messageId,
        String traceId,
        Instant mailAt,
        Instant dataAt,
        Instant takenAt,
        Instant repliedAt,
        Optional<MailContent> content) {

    /** Which time of a message a rate is computed on. */
    public enum Stamp {
        MAIL,
        END_OF_DATA,
        TAKEN,
        REPLY
    }

    public ReceivedMessage {
        recipients = List.copyOf(recipients);
    }

    public Instant at(Stamp stamp) {
        return switch (stamp) {
            case MAIL -> mailAt;
            case END_OF_DATA -> dataAt;
            case TAKEN -> takenAt;
            case REPLY -> repliedAt;
        };
    }

    /** What makes two copies the same message: the submission's id, else the Message-ID, else the bytes. */
    public String identity() {
        return traceId != null ? traceId : messageId != null ? messageId : sha256;
    }

    /** Without content and control characters: this may stand in a log. */
    @Override
    public String toString() {
        String text = "message " + identity() + " from <" + from + "> to " + recipients.size() + " recipients, " + size
                + " bytes, by " + mailbox + " on connection " + connection;
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
