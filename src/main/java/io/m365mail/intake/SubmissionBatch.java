package io.m365mail.intake;

import io.m365mail.mail.Submission;

/**
 * Several submissions that one file or message stands for: accepted together in one transaction, or none of them.
 *
 * @param submissions in order; may be gone through more than once, and makes each anew when it is asked for it, so that
 *     thousands need no more heap than one
 * @param onceKey as in a {@link Submission}, for all of them together
 */
public record SubmissionBatch(Iterable<Submission> submissions, String onceKey) {}
