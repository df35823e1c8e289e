/**
 * What each SMTP reply means, as data. {@code verdicts.yaml} holds the rows; {@link io.m365mail.verdict.VerdictTable}
 * judges a reply for delivery, {@link io.m365mail.verdict.Explain} explains a pasted one to a person, and
 * {@code docs/replies.md} is generated from the same rows.
 */
package io.m365mail.verdict;
