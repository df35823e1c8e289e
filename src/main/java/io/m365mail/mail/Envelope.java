package io.m365mail.mail;

import java.util.List;
import java.util.Objects;

/**
 * Who gets a message and who is told when it fails (RFC 5321): the only thing that decides where mail goes. Headers
 * never do.
 *
 * @param from the reverse path without angle brackets; empty is the null sender
 * @param recipients at least one for a message that may be sent
 * @param smtpUtf8 the submitter asked for {@code SMTPUTF8} (RFC 6531)
 * @param eightBit the submitter declared {@code BODY=8BITMIME} (RFC 6152)
 * @param ret the value of {@code RET=} (RFC 3461), or null
 * @param envid the value of {@code ENVID=} still in xtext, or null
 */
public record Envelope(
        String from, List<Recipient> recipients, boolean smtpUtf8, boolean eightBit, String ret, String envid) {
    public Envelope {
        Objects.requireNonNull(from, "from");
        recipients = List.copyOf(recipients);
    }

    public static Envelope of(String from, List<String> recipients) {
        return new Envelope(from, recipients.stream().map(Recipient::of).toList(), false, false, null, null);
    }

    /** The same envelope for a part of the recipients. */
    public Envelope withRecipients(List<Recipient> part) {
        return new Envelope(from, part, smtpUtf8, eightBit, ret, envid);
    }

    public Envelope withFrom(String sender) {
        return new Envelope(sender, recipients, smtpUtf8, eightBit, ret, envid);
    }
}
