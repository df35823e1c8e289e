package io.m365mail.smtp.client;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.smtp.Outcome;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * MAIL, RCPT and DATA of one message. Ends with a result for each recipient, whatever breaks, and with a session that is
 * ready for another MAIL or marked as of no more use.
 */
final class Transaction {
    /** For the last words of a server that has stopped reading. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final SmtpWire wire;
    private final SmtpClientOptions options;
    private final SendHook hook;
    private final Results results;
    private final Commands commands;
    private final Pipeline pipeline;
    private Reply mailReply;
    private Reply dataReply;
    private int accepted;
    private boolean usable = true;
    private boolean brokeAtMail;

    Transaction(SmtpWire wire, SmtpClientOptions options, Capabilities offered, Envelope envelope, SendHook hook) {
        this.wire = wire;
        this.options = options;
        this.hook = hook;
        this.results = new Results(envelope.recipients(), options.server());
        this.commands = new Commands(envelope, offered, options.server());
        this.pipeline = new Pipeline(wire, options.timeouts(), offered.offers("PIPELINING"));
    }

    boolean connectionUsable() {
        return usable;
    }

    /** True where the connection went away before the server had said anything about this message. */
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
        } finally {
            // An unchecked exception (from the content) leaves the session in the middle of something.
            usable &= ended;
            hook.answered();
            if (!usable) {
                wire.abort();
            }
        }
    }

    private Outcome converse(MailContent content, ContentTraits traits) {
        boolean chunked = commands.chunked(traits);
        try {
            nameRecipients(traits);
            askForData(chunked);
        } catch (ConnectionLost e) {
            usable = false;
            brokeAtMail = pipeline.stage() == Stage.MAIL;
            return results.rest(pipeline.stage(), broken(pipeline.stage(), e), false, false);
        }
        if (pipeline.closing() != null) {
            usable = false;
            brokeAtMail = pipeline.stage() == Stage.MAIL;
            return results.rest(pipeline.stage(), pipeline.closing(), true, false);
        }
        boolean go = accepted > 0 && !mailRefused() && (chunked || dataReply.code() == 354);
        return go ? transfer(content, traits, chunked) : nothingSent();
    }

    private void nameRecipients(ContentTraits traits) throws ConnectionLost {
        pipeline.issue(Stage.MAIL, commands.mail(traits), r -> mailReply = r);
        for (int i = 0; i < results.size() && pipeline.closing() == null && !mailRefused(); i++) {
            if (!results.settled(i)) {
                int index = i;
                pipeline.issue(Stage.RCPT, commands.rcpt(i), r -> recipientAnswered(index, r));
            }
        }
    }

    /** DATA goes out with the recipients; a chunk would take its bytes along, so it waits until one is accepted. */
    private void askForData(boolean chunked) throws ConnectionLost {
        boolean hopeless = pipeline.allAnswered() && accepted == 0;
        if (!chunked && !hopeless && pipeline.closing() == null) {
            pipeline.issue(Stage.DATA, "DATA", r -> dataReply = r);
        }
        pipeline.drain();
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

    /** 250, 251 and their like; a 354 where it does not belong takes nothing. */
    private static boolean taken(Reply reply) {
        return reply.code() < 300;
    }

    /** The server took no recipient, or refused MAIL or DATA: leave the session as MAIL wants it. */
    private Outcome nothingSent() {
        if (!results.complete()) {
            Reply why = mailRefused() ? mailReply : dataReply;
            Stage at = mailRefused() ? Stage.MAIL : Stage.DATA;
            boolean refusal = !why.isPositive();
            results.settleRest(at, refusal ? why : violation(why), refusal, false);
        }
        try {
            if (usable && dataReply != null && dataReply.code() == 354) {
                // The server waits for content that is for nobody: an empty one.
                wire.ask(".", options.timeouts().endOfData());
            }
            restore();
        } catch (ConnectionLost e) {
            // The recipients' replies stand already; this concerns the connection only.
            usable = false;
        }
        return results.outcome();
    }

    private void restore() throws ConnectionLost {
        usable = usable && wire.ask("RSET", options.timeouts().command()).code() == 250;
    }

    private Reply violation(Reply unexpected) {
        usable = false;
        return OwnReplies.lost(options.server(), "it broke the protocol: unexpected reply " + unexpected);
    }

    private Outcome transfer(MailContent content, ContentTraits traits, boolean chunked) {
        var data = new DataTransfer(wire);
        Stage stage = Stage.DATA;
        try {
            if (chunked) {
                data.chunk(content, traits.size());
            } else {
                data.stuffed(content);
            }
            stage = Stage.END_OF_DATA;
            wire.flush();
        } catch (ConnectionLost e) {
            return refusedWhileSending(e, stage);
        } catch (IOException e) {
            // Our own content failed in the middle: only closing the connection tells the server not to take it.
            usable = false;
            return results.rest(Stage.DATA, OwnReplies.contentUnreadable(e.getMessage()), false, false);
        }
        try {
            return answered(wire.reply(options.timeouts().endOfData()));
        } catch (ConnectionLost e) {
            usable = false;
            return results.rest(stage, broken(stage, e), false, true);
        }
    }

    private Outcome answered(Reply reply) {
        if (reply.isPositive() && !taken(reply)) {
            return results.rest(Stage.END_OF_DATA, violation(reply), false, true);
        }
        results.settleRest(Stage.END_OF_DATA, reply, true, false);
        usable = reply.code() != 421;
        if (usable && !taken(reply)) {
            try {
                restore();
            } catch (ConnectionLost e) {
                usable = false;
            }
        }
        return results.outcome();
    }

    /** A server that stops reading in the middle has often said why. */
    private Outcome refusedWhileSending(ConnectionLost failure, Stage stage) {
        usable = false;
        try {
            Reply reply = wire.reply(LAST_WORDS);
            if (!reply.isPositive()) {
                return results.rest(Stage.END_OF_DATA, reply, true, false);
            }
        } catch (ConnectionLost silent) {
            failure.addSuppressed(silent);
        }
        return results.rest(stage, broken(stage, failure), false, stage == Stage.END_OF_DATA);
    }

    private Reply broken(Stage stage, ConnectionLost failure) {
        String moment =
                switch (stage) {
                    case END_OF_DATA -> "after the end of the message, so that the server may have it";
                    case DATA -> "at DATA, before the end of the message";
                    default -> "at " + stage;
                };
        return OwnReplies.lost(options.server(), failure.getMessage() + ", " + moment);
    }
}
