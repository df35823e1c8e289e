package io.m365mail.smtp.server;

import io.m365mail.smtp.RefusedException;
import io.m365mail.smtp.Reply;
import java.util.Locale;

/**
 * AUTH on one connection (RFC 4954): only under TLS, only the mechanisms of the listener, once, and not tried without
 * end. Whether a login is good is the conversation's decision.
 */
final class Authentication {
    private final SmtpServer server;
    private final SmtpSession session;
    private final ConnectionPeer peer;
    private final SmtpConversation conversation;
    private SaslExchange exchange;
    private int failures;

    Authentication(SmtpServer server, SmtpSession session, ConnectionPeer peer, SmtpConversation conversation) {
        this.server = server;
        this.session = session;
        this.peer = peer;
        this.conversation = conversation;
    }

    /** True while the next line is a response to a challenge and not a command. */
    boolean running() {
        return exchange != null;
    }

    void begin(String arguments) {
        String[] words = arguments.split(" +", 2);
        String mechanism = words[0].toUpperCase(Locale.ROOT);
        var offered = server.options().authMechanisms();
        if (!offered.isEmpty() && !peer.tls()) {
            throw new RefusedException(538, "5.7.11 Encryption required for requested authentication mechanism");
        }
        if (peer.user() != null) {
            throw new RefusedException(503, "5.5.1 Already authenticated");
        }
        if (mechanism.isEmpty()) {
            throw new RefusedException(501, "5.5.4 Syntax: AUTH mechanism");
        }
        if (!offered.contains(mechanism)) {
            throw new RefusedException(504, "5.7.4 Unrecognized authentication type");
        }
        exchange = new SaslExchange(mechanism);
        if (words.length == 2) {
            response(words[1]);
        } else {
            session.reply(new Reply(334, null, exchange.challenge()));
        }
    }

    void response(String line) {
        SmtpCredentials credentials;
        try {
            credentials = exchange.response(line);
        } catch (RefusedException refused) {
            exchange = null;
            throw refused;
        }
        if (credentials == null) {
            session.reply(new Reply(334, null, exchange.challenge()));
            return;
        }
        exchange = null;
        session.ask(() -> conversation.auth(credentials), reply -> answered(credentials, reply));
    }

    private Reply answered(SmtpCredentials credentials, Reply reply) {
        if (reply.code() == 235) {
            peer.authenticated(credentials.user());
            return reply;
        }
        if (++failures < server.limits().authFailures()) {
            return reply;
        }
        session.reply(reply);
        return Reply.of(421, "4.7.0 Too many failed logins on this connection");
    }
}
