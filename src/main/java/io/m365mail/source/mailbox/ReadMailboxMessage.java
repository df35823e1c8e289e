package io.m365mail.source.mailbox;

import io.m365mail.bounce.DeliveryReport;
import io.m365mail.bounce.ReportReader;
import io.m365mail.config.SourceConfig;
import io.m365mail.dead.RefusedToDeadLetter;
import io.m365mail.mail.Enrichment;
import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderPriority;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what a message of the mailbox is: a report about mail of ours ({@link DeliveryReport}), mail to pass on
 * ({@link Submission}, its bytes untouched), or none of both ({@link NotTaken}). Who gets mail that is passed on is the
 * configuration's word alone ({@link ForwardEnvelope}). A report, an automatic reply and mail from the null sender are
 * never passed on: that is how loops begin (RFC 3834). The rest of a loop ends at the intake, by our id header and the hop
 * limit.
 */
public final class ReadMailboxMessage {
    private static final Logger LOG = LoggerFactory.getLogger(ReadMailboxMessage.class);

    private final SourceConfig.Mailbox source;
    private final ForwardEnvelope envelopes;
    private final Path spool;
    private final Clock clock;

    /** @param spool an existing folder for what is too large for the heap */
    public ReadMailboxMessage(SourceConfig.Mailbox source, Path spool, Clock clock) {
        this.source = source;
        this.envelopes = source.forward() == null
                ? null
                : new ForwardEnvelope(source.forward(), source.login().mailbox());
        this.spool = spool;
        this.clock = clock;
    }

    /**
     * @return a {@link DeliveryReport}, {@link Submission} or {@link NotTaken}
     * @throws RefusedMessageException for mail to pass on that can never be sent: it becomes a dead letter
     * @throws MessagingException where the server or the connection failed, so that it is tried again
     */
    public Object read(MailboxMail mail, Exchange exchange) throws IOException, MessagingException {
        var fetched = new FetchedMail(spool, source.maxMessageSize());
        exchange.getExchangeExtension().addOnCompletion(new Closing(fetched));
        String problem = fetch(mail, fetched);
        if (problem != null) {
            return new NotTaken("message " + MailboxWatch.clean(mail.uid()), problem);
        }
        MailContent content = fetched.content();
        HeaderBlock header;
        try {
            header = HeaderBlock.parse(content);
        } catch (RefusedMessageException e) {
            return new NotTaken("message " + MailboxWatch.clean(mail.uid()), e.getMessage());
        }
        if (source.bounces() && ReportReader.isReport(header)) {
            DeliveryReport report = ReportReader.read(header);
            return report != null
                    ? report
                    : new NotTaken(
                            description(header), "it says that it is a delivery report, and cannot be read as one");
        }
        if (envelopes == null) {
            return new NotTaken(
                    description(header),
                    "it is no report of failed delivery, and mail is passed on with m365.source." + source.name()
                            + ".to only");
        }
        exchange.setProperty(RefusedToDeadLetter.CONTENT, content);
        return isAutomatic(header)
                ? new NotTaken(
                        description(header), "it is an automatic reply or from the null sender, which could loop")
                : passedOn(content, header, key(mail, fetched));
    }

    private Object passedOn(MailContent content, HeaderBlock header, String key) {
        var envelope = envelopes.of(header);
        if (envelope == null) {
            return new NotTaken(description(header), envelopes.problem(source.name()));
        }
        return new Submission(
                source.name(),
                envelope,
                // When it is sent is not for strangers to say.
                header.has(Enrichment.SEND_AT_HEADER) ? header.without(Enrichment.SEND_AT_HEADER) : content,
                HeaderPriority.of(header),
                null,
                "mailbox source " + source.name() + " with "
                        + source.server().protocol().toUpperCase(Locale.ROOT),
                clock.instant(),
                null,
                key);
    }

    private String key(MailboxMail mail, FetchedMail fetched) {
        return String.join("\n", "mailbox", source.name(), mail.uid(), fetched.hash());
    }

    /** Why the message cannot be had, or null. A fault of the connection or of our disk is thrown: it is not the message's. */
    private String fetch(MailboxMail mail, FetchedMail fetched) throws IOException, MessagingException {
        Message message = mail.message();
        // Angus asks a POP3 server for the header first, or where that has no TOP for all of it, which it keeps in the
        // heap.
        boolean asks = source.server().protocol().equals("imap");
        if (asks && message.getSize() > source.maxMessageSize()) {
            return tooLarge();
        }
        try {
            fetched.fetch(message);
            return null;
        } catch (FetchedMail.TooLargeException e) {
            return tooLarge();
        } catch (MessageRemovedException | FetchedMail.SpoolException e) {
            throw e;
        } catch (IOException | MessagingException e) {
            if (!message.getFolder().isOpen() || !message.getFolder().getStore().isConnected()) {
                throw e;
            }
            return "the server does not hand it out (" + MailboxWatch.clean(e.getMessage()) + ")";
        }
    }

    private String tooLarge() {
        return "it is larger than m365.source." + source.name() + ".max-message-size (" + source.maxMessageSize()
                + " bytes)";
    }

    private static boolean isAutomatic(HeaderBlock header) {
        boolean nullSender = header.all("Return-Path").stream()
                .anyMatch(f -> f.unfolded().strip().equals("<>"));
        return nullSender
                || ReportReader.isReport(header)
                || header.all("Auto-Submitted").stream()
                        .anyMatch(f ->
                                f.unfolded().strip().toLowerCase(Locale.ROOT).startsWith("auto-replied"));
    }

    private static String description(HeaderBlock header) {
        return "a message from " + shown(header, "From") + " with subject " + shown(header, "Subject");
    }

    private static String shown(HeaderBlock header, String field) {
        return header.first(field)
                .map(f -> '"' + MailboxWatch.clean(f.decoded()) + '"')
                .orElse("nothing");
    }

    /** Removes a spool file when its exchange is done, whatever came of it. */
    private static final class Closing extends SynchronizationAdapter {
        private final FetchedMail fetched;

        Closing(FetchedMail fetched) {
            this.fetched = fetched;
        }

        @Override
        public void onDone(Exchange exchange) {
            try {
                fetched.close();
            } catch (IOException e) {
                LOG.warn("A spool file could not be removed: {}", e.toString());
            }
        }
    }
}
