package io.m365mail.source.folder;

import io.m365mail.mail.CrlfContent;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a {@code *.eml} file of a folder source. The envelope stands in {@code X-Sender} and {@code X-Receiver} fields, as
 * Exchange's pickup directory has it, else in the header: Sender or From, and To, Cc and Bcc. These fields and Bcc are
 * not passed on. The file is not changed and not held in the heap.
 */
public final class ReadPickupFile {
    private static final int ORDINARY_PRIORITY = 4;

    private final String source;
    private final Clock clock;

    public ReadPickupFile(String source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /**
     * @param claimed the file, already renamed so that nobody else reads it
     * @throws RefusedMessageException for a file that can never become a message
     */
    public Submission read(File claimed) throws IOException {
        Path file = claimed.toPath();
        // What wrote the file may end lines as its operating system does; on the wire there is only CRLF.
        MailContent content = CrlfContent.of(MailContent.of(file));
        if (content.size() == 0) {
            throw new RefusedMessageException(550, "5.6.0", "The file is empty");
        }
        HeaderBlock header = HeaderBlock.parse(content);
        Envelope envelope = envelope(header);
        return new Submission(
                source,
                envelope,
                header.without("X-Sender", "X-Receiver"),
                ORDINARY_PRIORITY,
                null,
                "folder source " + source + " with local file",
                clock.instant());
    }

    private static Envelope envelope(HeaderBlock header) {
        List<String> receivers = addresses(header, "X-Receiver");
        List<String> recipients = receivers.isEmpty()
                ? Stream.of("To", "Cc", "Bcc")
                        .flatMap(f -> addresses(header, f).stream())
                        .toList()
                : receivers;
        if (recipients.isEmpty()) {
            throw new RefusedMessageException(
                    550, "5.1.3", "The file names no recipient: add an X-Receiver, To, Cc or Bcc field");
        }
        List<String> senders = new ArrayList<>(addresses(header, "X-Sender"));
        senders.addAll(addresses(header, "Sender"));
        senders.addAll(addresses(header, "From"));
        if (senders.isEmpty()) {
            throw new RefusedMessageException(550, "5.1.7", "The file names no sender: add an X-Sender or From field");
        }
        return Envelope.of(senders.get(0), recipients);
    }

    private static List<String> addresses(HeaderBlock header, String field) {
        return header.addresses(field).stream().map(MailAddress::address).toList();
    }
}
