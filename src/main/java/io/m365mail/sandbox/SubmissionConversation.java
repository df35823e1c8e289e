package io.m365mail.sandbox;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One session with the submission endpoint. Each command asks {@link FaultGate} first; what it answers otherwise is
 * Exchange Online's. The server calls one method at a time.
 */
final class SubmissionConversation implements SmtpConversation {
    private final SmtpPeer peer;
    private final SubmissionHandler.Services services;
    private final FaultGate gate;
    private final Runnable atEnd;
    private final long connection;
    private final List<String> recipients = new ArrayList<>();
    private volatile SandboxMailbox mailbox;
    private volatile boolean closed;
    private String from;
    private Instant mailAt;

    /** @param atEnd run once when the connection is gone */
    SubmissionConversation(SmtpPeer peer, SubmissionHandler.Services services, Runnable atEnd) {
        this.peer = peer;
        this.atEnd = atEnd;
        this.services = services;
        this.connection = services.log().connectionOpened(services.clock().instant());
        this.gate = new FaultGate(services.faults(), services.delays(), peer);
    }

    @Override
    public CompletionStage<Reply> greet() {
        return at(Stage.CONNECT, List.of(), () -> ready(ServerNames.banner(now())));
    }

    @Override
    public CompletionStage<Reply> hello(String name) {
        return at(Stage.EHLO, List.of(), () -> {
            if (!HelloName.isValid(name)) {
                return ready(Replies.INVALID_HELLO);
            }
            String client = peer.remote().getAddress().getHostAddress();
            return ready(new Reply(250, null, ServerNames.FRONT_END + " Hello [" + client + "]"));
        });
    }

    @Override
    public CompletionStage<Reply> auth(SmtpCredentials credentials) {
        return at(Stage.AUTH, List.of(), () -> {
                    Authenticator.Decision decision = services.authenticator().decide(credentials);
                    if (decision.mailbox() == null) {
                        Reply refusal = ServerNames.withTail(decision.reply(), now());
                        return services.delays()
                                .after(services.refusedAuthDelay())
                                .thenApply(done -> refusal);
                    }
                    logIn(decision.mailbox());
                    return ready(decision.reply());
                })
                .whenComplete((reply, failure) -> {
                    if (reply != null) {
                        services.log()
                                .attempted(new SandboxEvents.AuthAttempt(
                                        now(), connection, credentials.mechanism(), credentials.user(), reply));
                    }
                });
    }

    private synchronized void logIn(SandboxMailbox who) {
        if (!closed && services.log().authenticated(connection, who.address(), peer.tlsVersion())) {
            who.account().connected(connection);
            mailbox = who;
        }
    }

    @Override
    public CompletionStage<Reply> mail(MailCommand command) {
        return at(Stage.MAIL, AddressFault.isAtMail(command.from()) ? List.of(command.from()) : List.of(), () -> {
            if (!peer.tls()) {
                return ready(Replies.STARTTLS_FIRST);
            }
            if (mailbox == null) {
                return ready(ServerNames.withTail(Replies.AUTH_FIRST, now()));
            }
            if (command.size() > services.settings().limits.messageSize()) {
                return ready(Replies.TOO_LARGE);
            }
            from = command.from();
            mailAt = now();
            return ready(Replies.SENDER_OK);
        });
    }

    @Override
    public CompletionStage<Reply> rcpt(Recipient recipient) {
        try {
            AddressFault.of(recipient.address());
        } catch (IllegalArgumentException e) {
            return at(Stage.RCPT, List.of(), () -> ready(Replies.FAULT_NOT_UNDERSTOOD));
        }
        return at(Stage.RCPT, List.of(recipient.address()), () -> {
            Reply refusal = services.intake().rcpt(recipient.address(), recipients.size());
            if (refusal != null) {
                return ready(refusal);
            }
            recipients.add(recipient.address());
            return ready(Replies.RECIPIENT_OK);
        });
    }

    @Override
    public CompletionStage<Reply> data() {
        return at(Stage.DATA, recipients, () -> ready(Replies.START_INPUT));
    }

    @Override
    public CompletionStage<Reply> message(MailContent content) {
        var tx = new SubmissionIntake.Transaction(connection, mailbox, from, List.copyOf(recipients), mailAt, now());
        // Hashing a large message takes a while, and this is the connection's event loop.
        return at(Stage.END_OF_DATA, tx.recipients(), () -> CompletableFuture.supplyAsync(
                        () -> services.intake().submit(tx, content), services.workers())
                .thenCompose(reply -> reply));
    }

    @Override
    public void reset() {
        from = null;
        mailAt = null;
        recipients.clear();
    }

    @Override
    public void closed() {
        atEnd.run();
        synchronized (this) {
            closed = true;
            services.log().connectionClosed(connection, now());
            if (mailbox != null) {
                mailbox.account().disconnected(connection);
            }
        }
    }

    /** The stage with its faults, and refusals logged. */
    private CompletableFuture<Reply> at(
            Stage stage, List<String> concerned, Supplier<CompletableFuture<Reply>> proper) {
        String who = mailbox == null ? null : mailbox.address();
        return gate.pass(stage, who, concerned, proper).whenComplete((reply, failure) -> {
            if (reply != null && !reply.isPositive()) {
                services.log().refused(now(), connection, who, stage, reply);
            }
        });
    }

    private Instant now() {
        return services.clock().instant();
    }

    private static CompletableFuture<Reply> ready(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
