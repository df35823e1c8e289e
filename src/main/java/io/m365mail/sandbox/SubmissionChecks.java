package io.m365mail.sandbox;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.smtp.Reply;
import java.util.List;

/**
 * What Exchange Online's store looks at when a submitted message is whole, in its order: the From field, Send As, the
 * state of the mailbox. Bare line feeds are refused by the server before; what concerns limits over time is
 * {@link MailboxAccount}'s.
 */
final class SubmissionChecks {
    /** How the refusal of a foreign sender is worded: both are seen in the field. */
    enum SendAsWords {
        SEND_AS_DENIED,
        /** Those of High Volume Email, which tells the envelope's sender from the header's. */
        HIGH_VOLUME,
        CLIENT_PERMISSIONS
    }

    private SubmissionChecks() {}

    /** The refusal, or null where the message itself is in order. */
    static Reply refusal(HeaderBlock header, SandboxMailbox mailbox, String from, SendAsWords words) {
        List<HeaderField> fields = header.all("From");
        List<String> authors =
                fields.size() == 1 ? FromAddresses.parse(fields.get(0).unfolded()) : List.of();
        if (authors.isEmpty()) {
            return Replies.NO_FROM;
        }
        if (authors.size() > 1 && !header.has("Sender")) {
            return Replies.SEVERAL_FROM;
        }
        if (!mailbox.maySendAs(from)) {
            return words == SendAsWords.HIGH_VOLUME
                    ? Replies.HIGH_VOLUME_SENDER
                    : denied(mailbox, from.isEmpty() ? "<>" : from, words);
        }
        for (String author : authors) {
            if (!mailbox.maySendAs(author)) {
                return words == SendAsWords.HIGH_VOLUME ? Replies.HIGH_VOLUME_FROM : denied(mailbox, author, words);
            }
        }
        return mailbox.blockedReply();
    }

    private static Reply denied(SandboxMailbox mailbox, String sender, SendAsWords words) {
        return words == SendAsWords.SEND_AS_DENIED
                ? ServerNames.withHostname(Replies.sendAsDenied(mailbox.address(), sender))
                : Replies.CLIENT_PERMISSIONS;
    }
}
