package io.m365mail.source.smtp;

/** Whether anything could carry mail to a recipient, asked at RCPT so that the submitter hears it at once. */
@FunctionalInterface
public interface RecipientCheck {
    /**
     * Called on an event loop: it must not block.
     *
     * @param sender the envelope sender; empty is the null sender
     * @param recipient the forward path without angle brackets
     * @param source the name of the source
     * @return null when it can be carried, else the reason, with the configuration key to set
     */
    String problem(String sender, String recipient, String source);
}
