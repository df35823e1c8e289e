package io.m365mail.ndr;

import io.m365mail.config.TransportConfig;
import io.m365mail.mail.Addresses;
import io.m365mail.mail.DeadLetter;
import io.m365mail.mail.Delivery;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the sender when recipients of his died ({@code m365.ndr=on}; RFC 3464), by a delivery in the same transaction as
 * the dead letter. Only internal senders are told, since an outside address may be forged; nobody who asked for {@code
 * NOTIFY} without {@code FAILURE} (RFC 3461); and never about the null sender, a copy, or a report, so no loop can start.
 */
public final class FailureReports {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReports.class);
    private static final String SOURCE = "ndr";
    private static final int PRIORITY = 4;

    private final TransportConfig transport;
    private final String hostname;
    private final Predicate<String> internalDomains;
    private final Clock clock;
    private final Supplier<String> ids;

    /** @param transport carries the reports; null where there are none */
    public FailureReports(
            TransportConfig transport,
            String hostname,
            Predicate<String> internalDomains,
            Clock clock,
            Supplier<String> ids) {
        this.transport = transport;
        this.hostname = hostname;
        this.internalDomains = internalDomains;
        this.clock = clock;
        this.ids = ids;
    }

    public Optional<Delivery> about(DeadLetter letter) {
        String sender = letter.envelope().from();
        if (transport == null || letter.copy() || sender.isEmpty() || !internalDomains.test(Addresses.domain(sender))) {
            return Optional.empty();
        }
        List<DeadLetter.Cause> causes = new ArrayList<>();
        for (int i = 0; i < letter.causes().size(); i++) {
            if (wantsToKnow(letter.envelope().recipients().get(i))) {
                causes.add(letter.causes().get(i));
            }
        }
        if (causes.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(report(letter, sender, causes));
        } catch (IOException e) {
            LOG.warn("{}: the sender cannot be told: {}", letter.submissionId(), e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean wantsToKnow(Recipient r) {
        return r.dsn() == null || r.dsn().toUpperCase(Locale.ROOT).contains("FAILURE");
    }

    /** Exchange Online takes the null sender from a connector only, never from a mailbox: that sends as itself. */
    private Delivery report(DeadLetter letter, String sender, List<DeadLetter.Cause> causes) throws IOException {
        String id = ids.get();
        String mailbox = transport instanceof TransportConfig.SmtpAuth auth ? auth.mailbox() : null;
        String author = mailbox == null ? "postmaster@" + hostname : mailbox;
        byte[] bytes =
                ReportText.of(letter, causes, new ReportText.Head(id, hostname, author, sender, clock.instant()));
        LOG.info("{}: its sender is told by report {} over {}", letter.submissionId(), id, transport.name());
        return new Delivery(
                        ids.get(),
                        id,
                        SOURCE,
                        transport.name(),
                        Envelope.of(mailbox == null ? "" : mailbox, List.of(sender)),
                        MailContent.of(bytes),
                        PRIORITY,
                        null,
                        clock.instant(),
                        0,
                        null,
                        null,
                        Duration.ZERO)
                .asCopy();
    }
}
