package io.m365mail.broker;

/**
 * How many recipients wait in the queues: each message there says how many of its submission's it stands for ({@link
 * MailMessageConverter#RECIPIENTS}; a copy or a report for none). Ready, waiting for its time or being sent, in a
 * transport's own queue, aside or in {@code m365.scheduled}: all count. A message without the number counts as one.
 */
@FunctionalInterface
public interface OpenRecipients {
    /** @throws IllegalStateException when the broker does not answer */
    Sum sum();

    /**
     * @param exact false where the broker did not show all its messages, or some moved meanwhile; those that were not
     *     seen count as one recipient each
     */
    record Sum(long recipients, boolean exact) {
        static final Sum NONE = new Sum(0, true);

        Sum plus(Sum other) {
            return new Sum(recipients + other.recipients, exact && other.exact);
        }
    }
}
