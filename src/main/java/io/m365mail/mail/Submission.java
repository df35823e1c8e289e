package io.m365mail.mail;

import java.time.Instant;

/**
 * One message as a source handed it over: envelope, bytes, and where it came from. Sources make it; nothing after the
 * intake knows which kind of source that was.
 *
 * @param source the name of the configured source
 * @param envelope who gets it
 * @param content the RFC 5322 bytes as they came
 * @param priority JMS scale, 0 to 9; 4 is ordinary
 * @param submitterId the submitter's own id for it (JMS {@code M365Id}), or null
 * @param receivedFrom for the trace header: who handed it over and how, already free of control characters, for
 *     instance {@code printer7 ([10.1.2.3]) with ESMTPS}
 * @param receivedAt when the source had it whole
 */
public record Submission(
        String source,
        Envelope envelope,
        MailContent content,
        int priority,
        String submitterId,
        String receivedFrom,
        Instant receivedAt) {}
