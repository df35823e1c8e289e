package io.m365mail.sandbox;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.RefusedMessageException;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One session with an endpoint where no mailbox logs in. Each command asks {@link FaultGate} first, then the endpoint's
 * policy. The server calls one method at a time.
 */
final class OpenConversation implements SmtpConversation {
    private final SmtpPeer peer;
    private final OpenHandler.Services services;
    private final FaultGate gate;
    private final Runnable atEnd;
    private final long connection;
    private final List<String> recipients = new ArrayList<>();
    private boolean noted;
    private String from;
    private Instant mailAt;

    /** @param atEnd run once when the connection is gone */
    OpenConversation(SmtpPeer peer, OpenHandler.Services services, Runnable atEnd) {
        this.peer = peer;
        this.services = services;
        this.atEnd = atEnd;
        this.connection = services.log().connectionOpened(services.clock().instant());
        this.gate = new FaultGate(services.faults(), services.delays(), peer);
    }

    @Override
    public CompletionStage<Reply> greet() {
        return at(Stage.CONNECT, List.of(), () -> ServerNames.banner(now()));
    }

    @Override
    public CompletionStage<Reply> hello(String name) {
        String client = peer.remote().getAddress().getHostAddress();
        return at(
                Stage.EHLO,
                List.of(),
                () -> HelloName.isValid(name)
                        ? new Reply(250, null, ServerNames.FRONT_END + " Hello [" + client + "]")
                        : Replies.INVALID_HELLO);
    }

    @Override
    public CompletionStage<Reply> auth(SmtpCredentials credentials) {
        return at(Stage.AUTH, List.of(), () -> {
            Reply reply = services.policy().auth(credentials);
            services.log()
                    .attempted(new SandboxEvents.AuthAttempt(
                            now(), connection, credentials.mechanism(), credentials.user(), reply));
            return reply;
        });
    }

    @Override
    public CompletionStage<Reply> mail(MailCommand command) {
        return at(Stage.MAIL, AddressFault.isAtMail(command.from()) ? List.of(command.from()) : List.of(), () -> {
            if (!noted) {
                noted = services.log()
                        .authenticated(connection, services.policy().who(peer, command.from()), peer.tlsVersion());
            }
            Reply refusal = services.policy().mail(peer, command.from(), now());
            if (refusal != null) {
                return refusal;
            }
            from = command.from();
            mailAt = now();
            return Replies.SENDER_OK;
        });
    }

    @Override
    public CompletionStage<Reply> rcpt(Recipient recipient) {
        String to = recipient.address();
        try {
            AddressFault.of(to);
        } catch (IllegalArgumentException e) {
            return at(Stage.RCPT, List.of(), () -> Replies.FAULT_NOT_UNDERSTOOD);
        }
        return at(Stage.RCPT, List.of(to), () -> {
            Reply refusal = services.policy().rcpt(peer, from, to, recipients);
            if (refusal != null) {
                return ServerNames.withTail(refusal, now());
            }
            recipients.add(to);
            return Replies.RECIPIENT_OK;
        });
    }

    @Override
    public CompletionStage<Reply> data() {
        return at(Stage.DATA, recipients, () -> Replies.START_INPUT);
    }

    @Override
    public CompletionStage<Reply> message(MailContent content) {
        var tx = new Recorder.Transaction(
                connection, services.policy().who(peer, from), from, List.copyOf(recipients), mailAt, now());
        // Hashing a large message takes a while, and this is the connection's event loop.
        return later(
                Stage.END_OF_DATA,
                tx.recipients(),
                () -> CompletableFuture.supplyAsync(() -> take(tx, content), services.workers()));
    }

    private Reply take(Recorder.Transaction tx, MailContent content) {
        try {
            Reply refusal = services.policy().message(tx.recipients(), content.size(), tx.dataAt());
            return refusal != null
                    ? refusal
                    : services.recorder()
                            .read(tx, content, HeaderBlock.parse(content))
                            .apply(tx.dataAt());
        } catch (RefusedMessageException e) {
            return Replies.HEADER_TOO_LARGE; // the one thing for which reading a header fails
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
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
        services.log().connectionClosed(connection, now());
    }

    private CompletableFuture<Reply> at(Stage stage, List<String> concerned, Supplier<Reply> proper) {
        return later(stage, concerned, () -> CompletableFuture.completedFuture(proper.get()));
    }

    /** The stage with its faults, and refusals logged. */
    private CompletableFuture<Reply> later(
            Stage stage, List<String> concerned, Supplier<CompletableFuture<Reply>> proper) {
        return gate.pass(stage, null, concerned, proper).whenComplete((reply, failure) -> {
            if (reply != null && !reply.isPositive()) {
                services.log().refused(now(), connection, null, stage, reply);
            }
        });
    }

    private Instant now() {
        return services.clock().instant();
    }
}
