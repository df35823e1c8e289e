package io.m365mail.intake;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Submission;
import java.time.Instant;

/**
 * A submission on its way through the intake: checked, with its id, and with the bytes as they will be stored.
 *
 * @param id of the submission
 * @param submission as the source handed it over
 * @param content with trace headers, without what must not be passed on
 * @param later when it is to be sent, or null for now
 */
public record Draft(String id, Submission submission, MailContent content, Instant later) {}
