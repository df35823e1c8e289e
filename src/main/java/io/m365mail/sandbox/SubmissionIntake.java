package io.m365mail.sandbox;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Takes or refuses a whole message: the message's own faults first, then the mailbox's connections, quota and rate, then
 * the tenant's. A message above the rate is held here until its place in a later minute.
 */
final class SubmissionIntake {
    /** What the sandbox's owner may change while it runs. */
    static final class Settings {
        volatile SandboxLimits limits = SandboxLimits.exchangeOnline();
        /** Recipients outside the tenant are refused, as High Volume Email does. */
        volatile boolean internalOnly;

        volatile SubmissionChecks.SendAsWords sendAsWords = SubmissionChecks.SendAsWords.SEND_AS_DENIED;
    }

    private final Tenant tenant;
    private final Settings settings;
    private final Recorder recorder;
    private final Delays delays;

    SubmissionIntake(Tenant tenant, Settings settings, Recorder recorder, Delays delays) {
        this.tenant = tenant;
        this.settings = settings;
        this.recorder = recorder;
        this.delays = delays;
    }

    /**
     * A transaction that has come to its end.
     *
     * @param dataAt arrival of the last byte
     */
    record Transaction(
            long connection,
            SandboxMailbox mailbox,
            String from,
            List<String> recipients,
            Instant mailAt,
            Instant dataAt) {}

    /** A refusal of one recipient, or null. */
    Reply rcpt(String to, int before) {
        if (before >= settings.limits.recipientsPerMessage()) {
            return Replies.TOO_MANY_RECIPIENTS;
        }
        return settings.internalOnly && tenant.countExternal(List.of(to)) > 0 ? Replies.INTERNAL_ONLY : null;
    }

    /** Reads the content before it returns; the reply may come much later. */
    CompletableFuture<Reply> submit(Transaction tx, MailContent content) {
        try {
            SandboxLimits limits = settings.limits;
            if (content.size() > limits.messageSize()) {
                return refused(Replies.TOO_LARGE);
            }
            HeaderBlock header = HeaderBlock.parse(content);
            if (header.length() > limits.headerSize()) {
                return refused(Replies.HEADER_TOO_LARGE);
            }
            Reply refusal = SubmissionChecks.refusal(header, tx.mailbox(), tx.from(), settings.sendAsWords);
            if (refusal == null && !tx.mailbox().account().isWithin(tx.connection(), limits.connections())) {
                refusal = ServerNames.withHostname(Replies.CONCURRENT);
            }
            return refusal != null ? refused(refusal) : admit(tx, content, header, limits);
        } catch (RefusedMessageException e) {
            return refused(Replies.HEADER_TOO_LARGE); // the one thing for which reading a header fails
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Reply> admit(
            Transaction tx, MailContent content, HeaderBlock header, SandboxLimits limits) throws IOException {
        // The mailbox's own limits first: what they refuse must not use up the tenant's. What the tenant's refuses has
        // used the mailbox's, which errs on the strict side.
        Instant now = tx.dataAt();
        MailboxAccount.Admission admission =
                tx.mailbox().account().admit(now, tx.recipients().size(), limits);
        Reply refusal = admission.refusal() != null
                ? ServerNames.withHostname(admission.refusal())
                : tenant.admitExternal(now, tenant.countExternal(tx.recipients()), limits.externalRecipientsPerDay());
        if (refusal != null) {
            return refused(refusal);
        }
        Function<Instant, Reply> take = recorder.read(
                new Recorder.Transaction(
                        tx.connection(), tx.mailbox().address(), tx.from(), tx.recipients(), tx.mailAt(), tx.dataAt()),
                content,
                header);
        return delays.until(admission.at()).thenApply(free -> take.apply(admission.at()));
    }

    private static CompletableFuture<Reply> refused(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
