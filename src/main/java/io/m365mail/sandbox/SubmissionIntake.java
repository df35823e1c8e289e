package io.m365mail.sandbox;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
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
        String messageId = value(header, "Message-ID");
        String traceId = value(header, traceHeader);
        String sha256 = sha256(content);
        long size = content.size();
        Optional<MailContent> kept = bodies.keep(content);
        return delays.until(admission.at()).thenApply(free -> {
            log.received(new ReceivedMessage(
                    tx.connection(),
                    tx.mailbox().address(),
                    tx.from(),
                    tx.recipients(),
                    size,
                    sha256,
                    messageId,
                    traceId,
                    tx.mailAt(),
                    tx.dataAt(),
                    admission.at(),
                    clock.instant(),
                    kept));
            boolean plain = messageId != null && messageId.matches("<[\\x21-\\x7e]{1,200}>");
            return ServerNames.accepted(plain ? messageId : ServerNames.newMessageId());
        });
    }

    private static CompletableFuture<Reply> refused(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private static String value(HeaderBlock header, String field) {
        return header.first(field).map(HeaderField::unfolded).orElse(null);
    }

    private static String sha256(MailContent content) throws IOException {
        try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            content.writeTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
