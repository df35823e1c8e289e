package io.m365mail.smtp.server;

import io.m365mail.mail.Recipient;
import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** MAIL, RCPT, DATA and BDAT in their order (RFC 5321 section 3.3, RFC 3030), until the message is handed over. */
final class MailTransaction implements MessageOctets.Taker {
    private static final Reply IN_FLIGHT = Reply.of(452, "4.3.1 Too many messages are in flight, try again later");

    private final SmtpServer server;
    private final SmtpSession session;
    private final SmtpConnection connection;
    private final SmtpConversation conversation;
    private final EsmtpParameters parameters;
    private final MessageOctets octets;
    private EsmtpParameters.Mail mail;
    private int recipients;

    MailTransaction(SmtpServer server, SmtpSession session, SmtpConnection connection, SmtpConversation conversation) {
        this.server = server;
        this.session = session;
        this.connection = connection;
        this.conversation = conversation;
        this.octets = new MessageOctets(connection, this);
        this.parameters = new EsmtpParameters(
                server.options().offered(), server.options().maxMessageSize(), conversation.checksAddresses());
    }

    boolean open() {
        return mail != null || octets.inChunk();
    }

    /** True while octets of a message are expected rather than a command. */
    boolean reading() {
        return octets.expected();
    }

    boolean smtpUtf8() {
        return mail != null && mail.command().smtpUtf8();
    }

    void mail(String arguments) {
        if (mail != null) {
            throw new RefusedException(503, "5.5.1 Sender already specified");
        }
        EsmtpParameters.Mail asked = parameters.mail(PathArguments.parse(arguments, "FROM"));
        session.ask(() -> conversation.mail(asked.command()), reply -> {
            mail = reply.isPositive() ? asked : null;
            return reply;
        });
    }

    void rcpt(String arguments) {
        if (mail == null || octets.chunked()) {
            throw new RefusedException(503, "5.5.1 Bad sequence of commands: MAIL, RCPT, then DATA or BDAT");
        }
        Recipient recipient;
        try {
            recipient = parameters.rcpt(PathArguments.parse(arguments, "TO"), smtpUtf8());
        } catch (RefusedException refused) {
            // Not counted as an error: a list with bad addresses must not cost the good ones the connection.
            session.reply(refused.reply());
            return;
        }
        if (recipients >= server.options().maxRecipients()) {
            session.reply(Reply.of(452, "4.5.3 Too many recipients"));
            return;
        }
        session.ask(() -> conversation.rcpt(recipient), reply -> {
            recipients += reply.isPositive() ? 1 : 0;
            return reply;
        });
    }

    void data(String arguments) {
        SmtpSession.noArguments(arguments);
        Reply outOfOrder = outOfOrder();
        if (outOfOrder != null) {
            session.bad(outOfOrder);
            dataNotWanted();
            return;
        }
        if (octets.chunked() || mail.binary()) {
            throw new RefusedException(503, "5.5.1 DATA is not allowed after BDAT or BODY=BINARYMIME");
        }
        start(refusal -> {
            if (refusal == null) {
                octets.begin(conversation.repairsLineEnds());
                return Reply.of(354, "Start mail input; end with <CRLF>.<CRLF>");
            }
            session.reply(refusal);
            dataNotWanted();
            return null;
        });
    }

    /** A client that did not wait for 354 has sent a message already, and its lines must not become commands. */
    private void dataNotWanted() {
        if (connection.hasInput()) {
            session.reply(Reply.of(421, "4.7.0 Octets came behind DATA before the reply to it"));
        }
    }

    void bdat(String arguments) {
        if (!server.options().offered().contains("CHUNKING")) {
            throw new RefusedException(502, "5.5.1 CHUNKING is not offered");
        }
        ChunkReader.Announced bdat = ChunkReader.parse(arguments);
        if (bdat == null) {
            // How many octets follow is unknown, so the next command cannot be found.
            session.bad(Reply.of(501, "5.5.4 Syntax: BDAT size [LAST]"));
            connection.close();
            return;
        }
        Reply outOfOrder = outOfOrder();
        if (outOfOrder != null) {
            octets.skip(bdat, () -> session.bad(outOfOrder));
        } else if (octets.chunked()) {
            octets.begin(bdat);
        } else {
            start(refusal -> {
                if (refusal == null) {
                    octets.begin(bdat);
                } else {
                    octets.skip(bdat, () -> session.reply(refusal));
                }
                return null;
            });
        }
    }

    /** Takes octets of the message; false when more are needed. */
    boolean read(ByteBuf in) {
        return octets.read(in);
    }

    void reset() {
        octets.reset();
        mail = null;
        recipients = 0;
        conversation.reset();
    }

    /** The connection is gone, or the transaction is over: what was received is dropped. */
    void abandon() {
        octets.drop();
    }

    private Reply outOfOrder() {
        if (mail == null) {
            return Reply.of(503, "5.5.1 Bad sequence of commands: MAIL, RCPT, then DATA or BDAT");
        }
        return recipients == 0 ? Reply.of(554, "5.5.1 No valid recipients") : null;
    }

    /**
     * Asks whether the message may come; a refusal ends the transaction. {@code then} gets the refusal or null, and
     * returns the reply to send or null.
     */
    private void start(UnaryOperator<Reply> then) {
        DataSink sink = DataSink.tryOpen(
                mail.command().size(),
                server.options().maxMessageSize(),
                server.limits().budget(),
                server.spool());
        octets.into(sink);
        Supplier<CompletionStage<Reply>> question =
                sink == null ? () -> CompletableFuture.completedFuture(IN_FLIGHT) : conversation::data;
        session.ask(question, reply -> {
            if (reply.code() == 354) {
                return then.apply(null) == null ? null : reply;
            }
            reset();
            return then.apply(reply);
        });
    }

    @Override
    public void chunk(long size) {
        session.reply(Reply.of(250, "2.0.0 " + size + " octets received"));
    }

    @Override
    public void whole(boolean bareLineEnd, boolean repaired) {
        if (repaired) {
            conversation.lineEndsRepaired();
        }
        if (bareLineEnd && !mail.binary()) {
            cannot(Reply.of(550, "5.6.11 Invalid characters: a bare CR or LF in the message; lines end in CRLF"));
            return;
        }
        connection.await(octets.sink().finish(), (done, error) -> handOver());
    }

    private void handOver() {
        Reply problem = octets.sink().problem();
        if (problem != null) {
            cannot(problem);
            return;
        }
        // From here the stage decides how long the content is needed, not the connection.
        DataSink whole = octets.take();
        session.messageCame();
        session.ask(() -> message(whole), reply -> {
            reset();
            return reply;
        });
    }

    private CompletionStage<Reply> message(DataSink whole) {
        try {
            return conversation.message(whole.content()).whenComplete((reply, error) -> whole.close());
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    @Override
    public void cannot(Reply problem) {
        reset();
        session.reply(problem);
    }
}
