package io.m365mail.smtp.client;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * MAIL, RCPT and DATA of one message. Commands are issued with what is to be done with their reply; where the server
 * offers PIPELINING (RFC 2920) they go out together, else one by one: the same code does both. Never more than
 * {@link #MAX_OPEN} commands or {@link #MAX_OPEN_BYTES} are unanswered, so that the peer cannot block on replies that we
 * do not read while we block on commands that it does not read.
 */
final class Transaction {
    static final int MAX_OPEN = 50;
    static final int MAX_OPEN_BYTES = 8 * 1024;

    /** For the last words of a server that has stopped reading. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final SmtpWire wire;
    private final SmtpClientOptions options;
    private final Capabilities offered;
    private final SendHook hook;
    private final Results results;
    private final Commands commands;
    private final Deque<Expected> open = new ArrayDeque<>();
    private final boolean pipelining;
    private int openBytes;
    private Stage stage = Stage.MAIL;
    private Reply mailReply;
    private Reply dataReply;
    private int accepted;
    private boolean usable = true;
    private boolean brokeAtMail;

    private record Expected(Stage stage, Consumer<Reply> then) {}

    Transaction(SmtpWire wire, SmtpClientOptions options, Capabilities offered, Envelope envelope, SendHook hook) {
        this.wire = wire;
        this.options = options;
        this.offered = offered;
        this.hook = hook;
        this.results = new Results(envelope.recipients(), options.server());
        this.commands = new Commands(envelope, offered, options.server());
        this.pipelining = offered.offers("PIPELINING");
    }

    boolean connectionUsable() {
        return usable;
    }

    boolean brokeAtMail() {
        return brokeAtMail;
    }

    Outcome run(MailContent content) throws NotNow {
        ContentTraits traits;
        try {
            traits = ContentTraits.of(content);
        } catch (IOException e) {
            return results.rest(Stage.DATA, OwnReplies.contentUnreadable(e.getMessage()), false, false);
        }
        commands.refuseUnsendable(traits, results);
        if (results.complete()) {
            return results.outcome();
        }
        Instant until = hook.beforeMail(results.openCount());
        if (until != null) {
            throw new NotNow(until);
        }
        boolean ended = false;
        try {
            Outcome outcome = converse(content, traits);
            ended = true;
            return outcome;
        } catch (ConnectionLost e) {
            ended = true;
            return lost(e.getMessage());
        } finally {
            // An unchecked exception (from the content) leaves the session in the middle of something.
            usable &= ended;
            hook.answered();
            if (!usable) {
                wire.abort();
            }
        }
    }

    private Outcome converse(MailContent content, ContentTraits traits) throws ConnectionLost {
        boolean chunked = commands.chunked(traits);
        issue(Stage.MAIL, commands.mail(traits), r -> mailReply = r);
        for (int i = 0; i < results.size() && usable && !mailRefused(); i++) {
            if (!results.settled(i)) {
                int index = i;
                issue(Stage.RCPT, commands.rcpt(i), r -> recipientAnswered(index, r));
            }
        }
        if (chunked) {
            drain();
        }
        boolean hopeless = open.isEmpty() && accepted == 0;
        if (!chunked && usable && !hopeless) {
            issue(Stage.DATA, "DATA", r -> dataReply = r);
            drain();
        }
        if (usable && accepted > 0 && !mailRefused() && (chunked || dataReply.code() == 354)) {
            return transfer(content, traits, chunked);
        }
        return nothingSent();
    }

    private boolean mailRefused() {
        return mailReply != null && !taken(mailReply);
    }

    private void recipientAnswered(int index, Reply reply) {
        if (mailRefused()) {
            return;
        }
        if (taken(reply)) {
            accepted++;
        } else {
            results.settle(index, Stage.RCPT, reply, true, false);
        }
    }

    /** Writes a command; its reply is read now, or with others where the server lets us. */
    private void issue(Stage at, String command, Consumer<Reply> then) throws ConnectionLost {
        stage = open.isEmpty() ? at : open.peek().stage();
        wire.line(command);
        open.add(new Expected(at, then));
        openBytes += command.length();
        if (!pipelining || open.size() >= MAX_OPEN || openBytes >= MAX_OPEN_BYTES) {
            drain();
        }
    }

    /** Sends what is buffered and reads all replies that are due; a 421 ends the conversation. */
    private void drain() throws ConnectionLost {
        openBytes = 0;
        wire.flush();
        while (!open.isEmpty()) {
            Expected next = open.peek();
            stage = next.stage();
            Reply reply = wire.reply(
                    next.stage() == Stage.DATA
                            ? options.timeouts().data()
                            : options.timeouts().command());
            open.remove();
            if (reply.code() == 421) {
                closing(next.stage(), reply);
                return;
            }
            next.then().accept(reply);
        }
    }

    private void closing(Stage at, Reply reply) {
        usable = false;
        brokeAtMail = at == Stage.MAIL;
        open.clear();
        results.settleRest(at, reply, true, false);
    }

    /** The server took no recipient, or refused MAIL or DATA: leave the session as MAIL wants it. */
    private Outcome nothingSent() {
        if (usable) {
            Stage at = mailRefused() ? Stage.MAIL : Stage.DATA;
            Reply why = mailRefused() ? mailReply : dataReply;
            if (!results.complete()) {
                results.settleRest(at, why.isPositive() ? violation(why) : why, !why.isPositive(), false);
            }
            if (dataReply != null && dataReply.code() == 354) {
                sendNothing();
            }
            if (usable) {
                restore();
            }
        }
        return results.outcome();
    }

    /** The recipients' replies stand already; what fails here concerns the connection only. */
    private void restore() {
        try {
            usable = wire.ask("RSET", options.timeouts().command()).code() == 250;
        } catch (ConnectionLost e) {
            usable = false;
        }
    }

    /** DATA went out with the recipients, and the server waits for content that is for nobody: an empty one. */
    private void sendNothing() {
        try {
            wire.ask(".", options.timeouts().endOfData());
        } catch (ConnectionLost e) {
            usable = false;
        }
    }

    /** 250, 251 and their like; a 354 where it does not belong takes nothing. */
    private static boolean taken(Reply reply) {
        return reply.code() < 300;
    }

    private Reply violation(Reply unexpected) {
        usable = false;
        return OwnReplies.lost(options.server(), "it broke the protocol: unexpected reply " + unexpected);
    }

    private Outcome transfer(MailContent content, ContentTraits traits, boolean chunked) throws ConnectionLost {
        stage = Stage.DATA;
        var data = new DataTransfer(wire);
        try {
            if (chunked) {
                data.chunk(content, traits.size());
            } else {
                data.stuffed(content);
            }
            stage = Stage.END_OF_DATA;
            wire.flush();
        } catch (ConnectionLost e) {
            return refusedWhileSending(e);
        } catch (IOException e) {
            // Our own content failed in the middle: only closing the connection tells the server not to take it.
            usable = false;
            return results.rest(Stage.DATA, OwnReplies.contentUnreadable(e.getMessage()), false, false);
        }
        return answered(wire.reply(options.timeouts().endOfData()));
    }

    private Outcome answered(Reply reply) {
        if (reply.code() == 421) {
            usable = false;
        } else if (!reply.isPositive()) {
            restore();
        } else if (!taken(reply)) {
            return results.rest(Stage.END_OF_DATA, violation(reply), false, true);
        }
        return results.rest(Stage.END_OF_DATA, reply, true, false);
    }

    /** A server that stops reading in the middle has often said why. */
    private Outcome refusedWhileSending(ConnectionLost failure) {
        usable = false;
        boolean afterDot = stage == Stage.END_OF_DATA;
        try {
            Reply reply = wire.reply(LAST_WORDS);
            if (!reply.isPositive()) {
                return results.rest(Stage.END_OF_DATA, reply, true, false);
            }
        } catch (ConnectionLost silent) {
            failure.addSuppressed(silent);
        }
        return results.rest(stage, broken(failure.getMessage()), false, afterDot);
    }

    private Outcome lost(String what) {
        usable = false;
        brokeAtMail = stage == Stage.MAIL;
        return results.rest(stage, broken(what), false, stage == Stage.END_OF_DATA);
    }

    private Reply broken(String what) {
        String moment =
                switch (stage) {
                    case END_OF_DATA -> "after the final dot, so that it may have the message";
                    case DATA -> "at DATA, before the end of the message";
                    default -> "at " + stage;
                };
        return OwnReplies.lost(options.server(), what + ", " + moment);
    }
}
