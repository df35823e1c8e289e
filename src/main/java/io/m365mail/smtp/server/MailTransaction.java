package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * MAIL, RCPT, DATA and BDAT in their order (RFC 5321 section 3.3, RFC 3030), and the octets of the message. The octets
 * that a client announced with BDAT are always read, also behind a refusal: they must never be taken for commands.
 */
final class MailTransaction {
    private static final Pattern BDAT = Pattern.compile("(\\d{1,18})( +LAST)?", Pattern.CASE_INSENSITIVE);

    private final SmtpServer server;
    private final SmtpSession session;
    private final SmtpConnection connection;
    private final SmtpConversation conversation;
    private final EsmtpParameters parameters;
    private EsmtpParameters.Mail mail;
    private int recipients;
    private DataSink sink;
    private DataReader data;
    private LineEndCheck lineEnds;
    private Chunk chunk;

    /** What a BDAT announced. Behind a refusal its octets are skipped, and {@code refuse} answers. */
    private static final class Chunk {
        private final long size;
        private final boolean last;
        private final Runnable refuse;
        private long left;

        Chunk(long size, boolean last, Runnable refuse) {
            this.size = size;
            this.left = size;
            this.last = last;
            this.refuse = refuse;
        }
    }

    MailTransaction(SmtpServer server, SmtpSession session, SmtpConnection connection, SmtpConversation conversation) {
        this.server = server;
        this.session = session;
        this.connection = connection;
        this.conversation = conversation;
        this.parameters =
                new EsmtpParameters(server.options().offered(), server.options().maxMessageSize());
    }

    boolean open() {
        return mail != null || chunk != null;
    }

    /** True while octets of a message are expected rather than a command. */
    boolean reading() {
        return data != null || chunk != null;
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
        if (mail == null || lineEnds != null) {
            throw new RefusedException(503, "5.5.1 Bad sequence of commands: MAIL, RCPT, then DATA or BDAT");
        }
        var recipient = parameters.rcpt(PathArguments.parse(arguments, "TO"), smtpUtf8());
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
            throw new RefusedException(outOfOrder);
        }
        if (lineEnds != null || mail.binary()) {
            throw new RefusedException(503, "5.5.1 DATA is not allowed after BDAT or BODY=BINARYMIME");
        }
        start(refusal -> {
            if (refusal == null) {
                data = new DataReader();
                connection.watchdog().dataBegins();
                return Reply.of(354, "Start mail input; end with <CRLF>.<CRLF>");
            }
            return refusal;
        });
    }

    void bdat(String arguments) {
        var m = BDAT.matcher(arguments);
        if (!server.options().offered().contains("CHUNKING")) {
            throw new RefusedException(502, "5.5.1 CHUNKING is not offered");
        }
        if (!m.matches()) {
            // How many octets follow is unknown, so the next command cannot be found.
            session.bad(Reply.of(501, "5.5.4 Syntax: BDAT size [LAST]"));
            connection.close();
            return;
        }
        long size = Long.parseLong(m.group(1));
        boolean last = m.group(2) != null;
        Reply outOfOrder = outOfOrder();
        if (outOfOrder != null) {
            begin(new Chunk(size, last, () -> session.bad(outOfOrder)));
        } else if (lineEnds != null) {
            begin(new Chunk(size, last, null));
        } else {
            start(refusal -> {
                lineEnds = refusal == null ? new LineEndCheck() : null;
                begin(new Chunk(size, last, refusal == null ? null : () -> session.reply(refusal)));
                return null;
            });
        }
    }

    /** Takes octets of the message; false when more are needed. */
    boolean read(ByteBuf in) {
        if (sink != null && sink.full()) {
            connection.await(sink.flush(), (done, error) -> {});
            return true;
        }
        if (chunk != null && chunk.left == 0) {
            chunkEnds();
            return true;
        }
        int before = in.readableBytes();
        if (before == 0) {
            return false;
        }
        boolean whole = chunk == null && data.read(in, sink);
        if (chunk != null) {
            readChunk(in);
        }
        connection.watchdog().dataBytes(before - in.readableBytes());
        if (whole) {
            complete(data.hasBareLineEnd());
        }
        return true;
    }

    void reset() {
        abandon();
        mail = null;
        recipients = 0;
        data = null;
        chunk = null;
        lineEnds = null;
        conversation.reset();
    }

    /** The connection is gone, or the transaction is over: what was received is dropped. */
    void abandon() {
        if (sink != null) {
            sink.close();
            sink = null;
        }
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
        sink = DataSink.tryOpen(
                mail.command().size(),
                server.options().maxMessageSize(),
                server.limits().budget(),
                server.spool());
        if (sink == null) {
            refuse(Reply.of(452, "4.3.1 Too many messages are in flight, try again later"), then);
            return;
        }
        session.ask(conversation::data, reply -> {
            if (reply.code() == 354) {
                Reply go = then.apply(null);
                return go == null ? null : reply;
            }
            reset();
            return then.apply(reply);
        });
    }

    private void refuse(Reply reply, UnaryOperator<Reply> then) {
        reset();
        Reply toSend = then.apply(reply);
        if (toSend != null) {
            session.reply(toSend);
        }
    }

    private void begin(Chunk announced) {
        chunk = announced;
        connection.watchdog().dataBegins();
    }

    private void readChunk(ByteBuf in) {
        int n = (int) Math.min(chunk.left, in.readableBytes());
        int from = in.readerIndex();
        if (chunk.refuse == null) {
            lineEnds.check(in, from, from + n);
            sink.append(in, from, n);
        }
        in.skipBytes(n);
        chunk.left -= n;
    }

    private void chunkEnds() {
        Chunk ended = chunk;
        chunk = null;
        connection.watchdog().dataEnds();
        if (ended.refuse != null) {
            ended.refuse.run();
        } else if (ended.last) {
            complete(lineEnds.hasBareLineEnd() && !mail.binary());
        } else if (sink.problem() != null) {
            end(sink.problem());
        } else {
            session.reply(Reply.of(250, "2.0.0 " + ended.size + " octets received"));
        }
    }

    private void complete(boolean bareLineEnd) {
        data = null;
        connection.watchdog().dataEnds();
        if (bareLineEnd) {
            end(Reply.of(550, "5.6.11 Invalid characters: a bare CR or LF in the message; lines end in CRLF"));
            return;
        }
        connection.await(sink.finish(), (done, error) -> handOver());
    }

    private void handOver() {
        if (sink.problem() != null) {
            end(sink.problem());
            return;
        }
        DataSink whole = sink;
        // From here the stage decides how long the content is needed, not the connection.
        sink = null;
        session.busy();
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

    private void end(Reply reply) {
        reset();
        session.reply(reply);
    }
}
