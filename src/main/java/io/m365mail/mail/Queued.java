package io.m365mail.mail;

/** What the acceptance of a submission puts into the broker: a delivery, or the submission itself until it is due. */
public sealed interface Queued permits Delivery, Scheduled {
    String id();

    String submissionId();

    String source();

    /** The submitter's own id, or null. */
    String submitterId();

    Envelope envelope();

    MailContent content();

    Queued withContent(MailContent other);
}
