package io.m365mail.source.folder;

import io.m365mail.mail.CrlfContent;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderPriority;
import io.m365mail.mail.MailAddress;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.source.json.ReadJson;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/**
 * Reads a file of a folder source, {@code *.json} as a JSON submission and {@code *.eml} as a message. The envelope of a
 * message stands in {@code X-Sender} and {@code X-Receiver} fields, as
 * Exchange's pickup directory has it, else in the header: Sender or From, and To, Cc and Bcc. These fields and Bcc are
 * not passed on. The file is not changed and not held in the heap.
 */
public final class ReadPickupFile {
    private static final int ORDINARY_PRIORITY = 4;

    private final String source;
    private final ReadJson json;
    private final Clock clock;

    public ReadPickupFile(String source, ReadJson json, Clock clock) {
        this.source = source;
        this.json = json;
        this.clock = clock;
    }

    /**
     * @param claimed the file, already renamed so that nobody else reads it
     * @return a Submission or a SubmissionBatch
     * @throws RefusedMessageException for a file that can never become a message
     */
    public Object read(File claimed, Exchange exchange) throws IOException {
        Path file = claimed.toPath();
        String key = FileIdentity.key(source, file);
        String from = "folder source " + source + " with local file";
        if (claimed.getName().toLowerCase(Locale.ROOT).endsWith(".json")) {
            var beside = new ReadJson.Defaults(from, clock.instant(), ORDINARY_PRIORITY, null, null, key);
            return json.read(MailContent.of(file), beside, exchange);
        }
        return message(file, from).withOnceKey(key);
    }

    private Submission message(Path file, String from) throws IOException {
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
                HeaderPriority.of(header),
                null,
                from,
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
