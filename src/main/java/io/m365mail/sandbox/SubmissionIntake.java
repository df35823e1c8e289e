package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes or refuses a whole message: the message's own faults first, then the mailbox's connections, quota and rate, then
 * the tenant's. A message above the rate is held here until its place in a later minute.
 */
final class SubmissionIntake {
    /** What the sandbox's owner may change while it runs. */
    static final class Settings {
        volatile SandboxLimits limits = SandboxLimits.exchangeOnline();
        volatile SubmissionChecks.SendAsWords sendAsWords = SubmissionChecks.SendAsWords.SEND_AS_DENIED;
    }

    private final Tenant tenant;
    private final Settings settings;
    private final SandboxLog log;
    private final BodyStore bodies;
    private final Delays delays;
    private final Clock clock;
    private final String traceHeader;

    SubmissionIntake(
            Tenant tenant,
            Settings settings,
            SandboxLog log,
            BodyStore bodies,
            Delays delays,
            Clock clock,
            String traceHeader) {
        this.tenant = tenant;
        this.settings = settings;
        this.log = log;
        this.bodies = bodies;
        this.delays = delays;
        this.clock = clock;
        this.traceHeader = traceHeader;
    }

    /** A transaction that has come to its end. */
    record Transaction(long connection, SandboxMailbox mailbox, String from, List<String> recipients, Instant mailAt) {}

    /** Reads the content before it returns; the reply may come much later. */
    CompletableFuture<Reply> submit(Transaction tx, MailContent content) {
        Instant dataAt = clock.instant();
        try {
            SandboxLimits limits = settings.limits;
            // One byte more than the limit shows an oversize header; the rest of it need not be kept.
            MessageScan.Result scan = MessageScan.of(content, limits.headerSize());
            Reply refusal = SubmissionChecks.refusal(
                    scan, content.size(), tx.mailbox(), tx.from(), limits, settings.sendAsWords);
            MailboxAccount account = tx.mailbox().account();
            if (refusal == null && !account.isWithin(tx.connection(), limits.connections())) {
                refusal = ServerNames.withHostname(Replies.CONCURRENT);
            }
            if (refusal != null) {
                return CompletableFuture.completedFuture(refusal);
            }
            return admit(tx, content, scan, limits, dataAt);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Reply> admit(
            Transaction tx, MailContent content, MessageScan.Result scan, SandboxLimits limits, Instant dataAt)
            throws IOException {
        // Quota and rate first: what they refuse must not use up the tenant's limit, and the other way about the
        // mailbox loses one place, which is on the safe side.
        MailboxAccount.Admission admission =
                tx.mailbox().account().admit(dataAt, tx.recipients().size(), limits);
        Reply refusal = admission.refusal() != null
                ? ServerNames.withHostname(admission.refusal())
                : tenant.admitExternal(
                        dataAt, tenant.countExternal(tx.recipients()), limits.externalRecipientsPerDay());
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        Optional<MailContent> kept = bodies.keep(content);
        return delays.until(admission.at()).thenApply(free -> {
            String messageId = scan.header().first("Message-ID");
            log.received(new ReceivedMessage(
                    tx.connection(),
                    tx.mailbox().address(),
                    tx.from(),
                    tx.recipients(),
                    content.size(),
                    scan.sha256(),
                    messageId,
                    scan.header().first(traceHeader),
                    tx.mailAt(),
                    dataAt,
                    admission.at(),
                    clock.instant(),
                    kept));
            boolean plain = messageId != null && messageId.matches("<[\\x21-\\x7e]{1,200}>");
            return ServerNames.accepted(plain ? messageId : ServerNames.newMessageId());
        });
    }
}
