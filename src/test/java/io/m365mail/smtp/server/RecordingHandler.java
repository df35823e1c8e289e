package io.m365mail.smtp.server;

import io.m365mail.mail.MailContent;
import io.m365mail.mail.Recipient;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A handler for tests: it takes everything and keeps it, but for local parts that say otherwise: {@code refuse},
 * {@code defer}, {@code later} (answers from another thread), {@code boom} (throws), {@code fail} (a failed stage),
 * {@code bye} (421). The sender's local part decides for MAIL, DATA ({@code nodata}) and the message
 * ({@code nomessage}, {@code failmessage}).
 */
final class RecordingHandler implements SmtpHandler {
    /** @param parameters of MAIL */
    record Received(SmtpConversation.MailCommand mail, List<Recipient> recipients, byte[] content) {}

    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<SmtpPeer> peers = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger resets = new AtomicInteger();

    @Override
    public SmtpConversation connected(SmtpPeer peer) {
        peers.add(peer);
        open.incrementAndGet();
        return new Conversation(peer);
    }

    private final class Conversation implements SmtpConversation {
        private final SmtpPeer peer;
        private MailCommand mail;
        private final List<Recipient> recipients = new ArrayList<>();

        Conversation(SmtpPeer peer) {
            this.peer = peer;
        }

        @Override
        public CompletionStage<Reply> greet() {
            return now(220, "mx.test ESMTP");
        }

        @Override
        public CompletionStage<Reply> hello(String name) {
            return now(250, "mx.test Hello " + peer.remote().getAddress().getHostAddress());
        }

        @Override
        public CompletionStage<Reply> auth(SmtpCredentials c) {
            boolean good = c.user().equals("printer7") && c.secret().equals("p\u00e4ssword");
            boolean token = c.mechanism().equals("XOAUTH2") && c.secret().startsWith("token");
            return good || token
                    ? now(235, "2.7.0 Authentication successful")
                    : now(535, "5.7.3 Authentication unsuccessful");
        }

        @Override
        public CompletionStage<Reply> mail(MailCommand command) {
            mail = command;
            return by(command.from(), Reply.of(250, "2.1.0 Sender OK"));
        }

        @Override
        public CompletionStage<Reply> rcpt(Recipient recipient) {
            CompletionStage<Reply> answer = by(recipient.address(), Reply.of(250, "2.1.5 Recipient OK"));
            return answer.thenApply(reply -> {
                if (reply.isPositive()) {
                    recipients.add(recipient);
                }
                return reply;
            });
        }

        @Override
        public CompletionStage<Reply> data() {
            return mail.from().startsWith("nodata@")
                    ? now(452, "4.3.1 No data now")
                    : now(354, "Start mail input; end with <CRLF>.<CRLF>");
        }

        @Override
        public CompletionStage<Reply> message(MailContent content) {
            if (mail.from().startsWith("nomessage@")) {
                return now(554, "5.6.0 Message refused");
            }
            if (mail.from().startsWith("failmessage@")) {
                return CompletableFuture.failedFuture(new IllegalStateException("asked to fail"));
            }
            try {
                received.add(new Received(mail, List.copyOf(recipients), content.toBytes()));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
            return by(mail.from(), Reply.of(250, "2.6.0 Queued"));
        }

        @Override
        public void reset() {
            mail = null;
            recipients.clear();
            resets.incrementAndGet();
        }

        @Override
        public void closed() {
            open.decrementAndGet();
        }
    }

    private static CompletionStage<Reply> now(int code, String text) {
        return CompletableFuture.completedFuture(Reply.of(code, text));
    }

    private static CompletionStage<Reply> by(String address, Reply good) {
        return switch (address.replaceAll("@.*", "")) {
            case "refuse" -> now(550, "5.1.1 No such user");
            case "defer" -> now(450, "4.2.1 Not now");
            case "bye" -> now(421, "4.3.2 Closing");
            case "boom" -> throw new IllegalStateException("asked to throw");
            case "fail" -> CompletableFuture.failedFuture(new IllegalStateException("asked to fail"));
            case "later" ->
                CompletableFuture.supplyAsync(() -> good, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
            default -> CompletableFuture.completedFuture(good);
        };
    }
}
