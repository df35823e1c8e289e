package io.m365mail.mail;

import java.time.Instant;

/**
 * An accepted submission that waits for its time. Its bytes are frozen; its transports are chosen when it is due.
 *
 * @param id of the submission
 * @param source the source's name
 * @param envelope all its recipients
 * @param content what is to be sent, trace headers included
 * @param priority JMS scale, 0 to 9
 * @param submitterId the submitter's own id, or null
 * @param acceptedAt when the source said yes
 * @param sendAt when it is due
 */
public record Scheduled(
        String id,
        String source,
        Envelope envelope,
        MailContent content,
        int priority,
        String submitterId,
        Instant acceptedAt,
        Instant sendAt)
        implements Queued {

    @Override
    public String submissionId() {
        return id;
    }

    @Override
    public Scheduled withContent(MailContent other) {
        return new Scheduled(id, source, envelope, other, priority, submitterId, acceptedAt, sendAt);
    }
}
