package io.m365mail.source.folder;

import io.m365mail.compose.FileMail;
import io.m365mail.compose.InvalidSubmissionException;
import io.m365mail.config.SourceConfig;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes a message of a file in a recipient's folder: the folder's name is the recipient, the file is attached under its
 * own name, with the content type that its first bytes tell, else its name. Subject and text come from a template, which
 * may use {@code name}, {@code recipient}, {@code size}, {@code bytes}, {@code date} and {@code time}. The file is not
 * held in the heap.
 */
public final class ReadScannedFile {
    private static final int ORDINARY_PRIORITY = 4;

    private final SourceConfig.Scan config;
    private final FileMail mail;
    private final Clock clock;
    private final ZoneId zone;

    public ReadScannedFile(SourceConfig.Scan config, FileMail mail, Clock clock, ZoneId zone) {
        this.config = config;
        this.mail = mail;
        this.clock = clock;
        this.zone = zone;
    }

    /**
     * @param claimed the file, already renamed so that nobody else reads it
     * @throws RefusedMessageException for a folder that is no address, an empty file, a template that cannot be used
     */
    public Submission read(File claimed) throws IOException {
        Path file = claimed.toPath();
        // A Mac writes ü as u and two dots.
        String recipient = Normalizer.normalize(file.getParent().getFileName().toString(), Normalizer.Form.NFC);
        String problem = Addresses.problem(recipient);
        if (problem != null) {
            throw new RefusedMessageException(
                    501, "5.1.3", "The folder's name is no mail address (" + problem + "): rename the folder");
        }
        if (claimed.length() == 0) {
            throw new RefusedMessageException(550, "5.6.0", "The file is empty");
        }
        String key = FileIdentity.key(config.name(), file);
        Instant now = clock.instant();
        return new Submission(
                config.name(),
                envelope(recipient),
                message(file, recipient, claimed.length(), now),
                ORDINARY_PRIORITY,
                null,
                "scan source " + config.name() + " with local file",
                now,
                null,
                key);
    }

    private Envelope envelope(String recipient) {
        Envelope plain = Envelope.of(config.from(), List.of(recipient));
        return Addresses.isAscii(recipient) && Addresses.isAscii(config.from())
                ? plain
                : new Envelope(config.from(), plain.recipients(), true, true, null, null);
    }

    private MailContent message(Path file, String recipient, long bytes, Instant now) throws IOException {
        String name = Normalizer.normalize(file.getFileName().toString(), Normalizer.Form.NFC)
                .replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "_");
        ZonedDateTime local = now.atZone(zone);
        Map<String, Object> data = Map.of(
                "name",
                name,
                "recipient",
                recipient,
                "bytes",
                bytes,
                "size",
                size(bytes),
                "date",
                local.toLocalDate().toString(),
                "time",
                local.format(DateTimeFormatter.ofPattern("HH:mm")));
        try {
            return mail.compose(config.from(), recipient, file, name, FileKind.contentType(file), data);
        } catch (InvalidSubmissionException e) {
            throw new RefusedMessageException(
                    550, "5.6.0", "The template of source " + config.name() + ": " + e.getMessage());
        }
    }

    private static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " bytes";
        }
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.0f kB", bytes / 1000.0)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1_000_000.0);
    }
}
