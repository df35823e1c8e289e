package io.m365mail.compose;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import java.time.Instant;

/**
 * One message made of a submission, ready for the intake.
 *
 * @param envelope all recipients, hidden ones too, each once
 * @param content without Date and Message-ID, which the intake adds
 * @param priority JMS scale; 4 where the submission names none
 * @param sendAt null for at once
 * @param id the submitter's, with {@code -1}, {@code -2}… in a mail merge, or null
 */
public record Composed(Envelope envelope, MailContent content, int priority, Instant sendAt, String id) {
    /** The priority of a submission that names none. */
    public static final int ORDINARY = 4;
}
