package io.m365mail.bounce;

import java.util.List;

/**
 * What a delivery status notification (RFC 3464) says. All of it is a stranger's word: cleaned and cut, and not believed
 * before {@link SentRegister} knows the submission and the recipient.
 *
 * @param submissionIds our id field in the returned message, the newest first
 * @param messageIds what may be the Message-ID of the returned message
 * @param recipients what is said of each
 * @param from who wrote it, for people
 */
public record DeliveryReport(List<String> submissionIds, List<String> messageIds, List<Told> recipients, String from) {
    public DeliveryReport {
        submissionIds = List.copyOf(submissionIds);
        messageIds = List.copyOf(messageIds);
        recipients = List.copyOf(recipients);
    }

    /**
     * @param addresses the original and the final recipient, where they are named
     * @param action failed, delayed, delivered, relayed, expanded
     * @param status such as 5.1.1, or null
     * @param diagnostic the words of the server that refused, on one line, or null
     */
    public record Told(List<String> addresses, String action, String status, String diagnostic) {
        public boolean failed() {
            return action.equalsIgnoreCase("failed");
        }

        /** As the reply of an event. */
        String reply() {
            return diagnostic == null ? String.valueOf(status) : diagnostic;
        }
    }

    /** The recipients who were not and will not be reached. */
    public List<Told> failures() {
        return recipients.stream().filter(Told::failed).toList();
    }
}
