package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The order of commands of one connection (RFC 5321 section 4.1.4): greeting, EHLO, STARTTLS, and everything that is no
 * mail transaction. What it does not decide itself it asks the conversation, one question at a time.
 */
final class SmtpSession {
    private static final Pattern HELLO_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,255}|\\[[A-Za-z0-9.:-]{1,255}]");

    private final SmtpServer server;
    private final SmtpServerOptions options;
    private final SmtpConnection connection;
    private final ConnectionPeer peer;
    private final SmtpConversation conversation;
    private final LineReader lines = new LineReader();
    private final MailTransaction transaction;
    private final Authentication authentication;
    private String step = "";
    private boolean greeted;
    private int errors;
    private int idleCommands;

    SmtpSession(SmtpServer server, SmtpConnection connection, ConnectionPeer peer) {
        this.server = server;
        this.options = server.options();
        this.connection = connection;
        this.peer = peer;
        this.conversation = server.handler().connected(peer);
        this.transaction = new MailTransaction(server, this, connection, conversation);
        this.authentication = new Authentication(server, this, peer, conversation);
    }

    void greet() {
        greeted = true;
        ask(conversation::greet, reply -> {
            if (!reply.isPositive()) {
                connection.reply(reply, false);
                connection.close();
                return null;
            }
            return reply;
        });
    }

    boolean greeted() {
        return greeted;
    }

    /** Takes one step; false when more octets are needed for it. */
    boolean read(ByteBuf in) {
        if (transaction.reading()) {
            return transaction.read(in);
        }
        LineReader.Line line = lines.next(in, authentication.running());
        if (line == null) {
            return false;
        }
        connection.watchdog().step();
        conversation.command();
        step = "";
        if (line.problem() != null) {
            bad(line.problem());
            if (line.fatal()) {
                connection.close();
            }
            return true;
        }
        try {
            if (authentication.running()) {
                step = "AUTH";
                authentication.response(line.text());
            } else {
                command(CommandLine.parse(line.text()));
            }
        } catch (RefusedException refused) {
            bad(refused.reply());
        }
        return true;
    }

    /** True when no transaction is under way. */
    boolean idle() {
        return !transaction.open() && !authentication.running();
    }

    void closed() {
        transaction.abandon();
        conversation.closed();
    }

    private void command(CommandLine command) {
        step = describe(command);
        switch (command.verb()) {
            case "EHLO" -> hello(command.arguments(), true);
            case "HELO" -> hello(command.arguments(), false);
            case "MAIL" -> {
                beforeMail();
                transaction.mail(command.arguments());
            }
            case "RCPT" -> transaction.rcpt(command.arguments());
            case "DATA" -> transaction.data(command.arguments());
            case "BDAT" -> transaction.bdat(command.arguments());
            case "AUTH" -> auth(command.arguments());
            case "STARTTLS" -> startTls(command.arguments());
            case "RSET" -> {
                noArguments(command.arguments());
                transaction.reset();
                idleCommand(Reply.of(250, "2.0.0 Resetting"));
            }
            case "NOOP" -> idleCommand(Reply.of(250, "2.0.0 OK"));
            case "VRFY" -> idleCommand(Reply.of(252, "2.1.5 Cannot verify the user, but will take a message for it"));
            case "HELP" -> idleCommand(Reply.of(214, "2.0.0 See RFC 5321"));
            case "QUIT" -> {
                noArguments(command.arguments());
                reply(Reply.of(221, "2.0.0 Service closing transmission channel"));
                connection.close();
            }
            case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT" -> {
                // A web browser that was sent here: its header lines must not be tried as commands.
                bad(Reply.of(500, "5.5.2 This is SMTP, not HTTP"));
                connection.close();
            }
            case "EXPN", "TURN", "ETRN", "SEND", "SOML", "SAML" -> bad(Reply.of(502, "5.5.1 Command not implemented"));
            default -> bad(Reply.of(500, "5.5.2 Unrecognized command"));
        }
    }

    /** Without what may be a password: of a client that does not understand our answers, any line may be one. */
    private static String describe(CommandLine command) {
        return switch (command.verb()) {
            case "EHLO", "HELO", "MAIL", "RCPT" -> command.verb() + " " + command.arguments();
            case "DATA", "BDAT", "AUTH", "STARTTLS" -> command.verb();
            default -> "another command";
        };
    }

    private void hello(String name, boolean extended) {
        if (!HELLO_NAME.matcher(name).matches()) {
            throw new RefusedException(501, "5.5.4 Invalid domain name");
        }
        idleCommands++;
        transaction.reset();
        peer.hello(name, extended);
        ask(() -> conversation.hello(name), reply -> {
            if (!reply.isPositive()) {
                peer.noHello();
                return reply;
            }
            var all = new ArrayList<>(List.of(reply.text()));
            all.addAll(extended ? Extensions.lines(options, peer.tls()) : List.of());
            connection.reply(250, all);
            return null;
        });
    }

    private void beforeMail() {
        beforeAnything();
        if (peer.helloName() == null) {
            throw new RefusedException(503, "5.5.2 Send hello first");
        }
    }

    private void beforeAnything() {
        if (options.tls() == SmtpServerOptions.Tls.REQUIRE && !peer.tls()) {
            throw new RefusedException(530, "5.7.0 Must issue a STARTTLS command first");
        }
    }

    private void auth(String arguments) {
        if (peer.helloName() == null) {
            throw new RefusedException(503, "5.5.2 Send hello first");
        }
        if (transaction.open()) {
            throw new RefusedException(503, "5.5.1 AUTH is not allowed during a mail transaction");
        }
        authentication.begin(arguments);
    }

    private void startTls(String arguments) {
        noArguments(arguments);
        if (options.tls() == SmtpServerOptions.Tls.OFF || options.tls() == SmtpServerOptions.Tls.IMPLICIT) {
            throw new RefusedException(502, "5.5.1 STARTTLS is not offered");
        }
        if (peer.tls()) {
            throw new RefusedException(503, "5.5.1 TLS is already active");
        }
        if (peer.helloName() == null) {
            throw new RefusedException(503, "5.5.2 Send hello first");
        }
        transaction.reset();
        peer.noHello();
        lines.reset();
        connection.startTls(server.tlsHandler(true), Reply.of(220, "2.0.0 SMTP server ready"));
    }

    static void noArguments(String arguments) {
        if (!arguments.isEmpty()) {
            throw new RefusedException(501, "5.5.4 No parameters allowed");
        }
    }

    private void idleCommand(Reply reply) {
        idleCommands++;
        if (idleCommands > server.limits().idleCommands()) {
            errors++;
        }
        reply(reply);
        closeAfterTooManyErrors();
    }

    /** A whole message came: the client is here for more than noise. */
    void messageCame() {
        idleCommands = 0;
        errors = 0;
    }

    void reply(Reply reply) {
        if (!reply.isPositive()) {
            conversation.refused(step, reply);
        }
        connection.reply(reply, transaction.smtpUtf8());
        if (reply.code() == 421) {
            connection.close();
        }
    }

    /** Refuses a command on the server's own account, and counts it. */
    void bad(Reply reply) {
        errors++;
        reply(reply);
        closeAfterTooManyErrors();
    }

    private void closeAfterTooManyErrors() {
        if (errors >= server.limits().errors()) {
            reply(Reply.of(421, "4.7.0 Too many errors on this connection"));
        }
    }

    /**
     * Puts a question to the conversation. {@code then} turns its answer into the reply to send, or null for none.
     */
    void ask(Supplier<CompletionStage<Reply>> question, Function<Reply, Reply> then) {
        connection.await(Questions.put(question), (reply, error) -> {
            Reply toSend = then.apply(error == null ? reply : Questions.failed(server.name(), peer, error));
            if (toSend != null) {
                reply(toSend);
            }
        });
    }
}
