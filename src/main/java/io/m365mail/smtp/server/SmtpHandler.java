package io.m365mail.smtp.server;

/**
 * Who answers on a listener. The server speaks the protocol (lines, TLS, SASL framing, data, sizes, order of commands);
 * the handler decides. Called on the connection's event loop: it must not block.
 */
public interface SmtpHandler {
    /** A connection was made (after the PROXY header, where one is expected). */
    SmtpConversation connected(SmtpPeer peer);
}
