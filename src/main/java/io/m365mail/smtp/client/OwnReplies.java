package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;

/**
 * Our own words where no server reply describes what happened; they stand in an outcome with {@code fromServer=false}.
 * The verdict table reads the codes:
 *
 * <table>
 * <caption>Codes and their meaning</caption>
 * <tr><th>code</th><th>stage</th><th>meaning</th></tr>
 * <tr><td>421 4.4.1</td><td>CONNECT</td><td>no connection: refused, no route, time-out</td></tr>
 * <tr><td>421 4.4.3</td><td>CONNECT</td><td>the host name has no address</td></tr>
 * <tr><td>421 4.4.2</td><td>any</td><td>the connection broke, or the peer broke the protocol</td></tr>
 * <tr><td>421 4.3.2</td><td>CONNECT</td><td>the transport is being stopped</td></tr>
 * <tr><td>454 4.7.0</td><td>TLS</td><td>handshake failed for another reason than those below</td></tr>
 * <tr><td>454 4.7.5</td><td>TLS</td><td>certificate not trusted, expired, or for another name: configuration</td></tr>
 * <tr><td>554 5.4.4</td><td>CONNECT</td><td>no MX of Exchange Online (io.m365mail.dns): configuration</td></tr>
 * <tr><td>550 5.7.1</td><td>MAIL, RCPT</td><td>not sent: the kind of transport cannot carry it (io.m365mail.transport)</td></tr>
 * <tr><td>454 4.7.10</td><td>TLS</td><td>STARTTLS is required but not offered: configuration</td></tr>
 * <tr><td>535 5.7.0</td><td>AUTH</td><td>no token, by a fault of the configuration</td></tr>
 * <tr><td>454 4.7.0</td><td>AUTH</td><td>no token, transient</td></tr>
 * <tr><td>504 5.5.4</td><td>AUTH</td><td>the mechanism is not offered, or there is no TLS for it: configuration</td></tr>
 * <tr><td>501 5.1.3, 501 5.1.7</td><td>RCPT, MAIL</td><td>a recipient or sender that cannot stand in a command</td></tr>
 * <tr><td>553 5.6.7</td><td>MAIL, RCPT</td><td>the address or the header needs SMTPUTF8, not offered</td></tr>
 * <tr><td>554 5.6.1</td><td>MAIL</td><td>bare CR or LF, and the server takes no BDAT</td></tr>
 * <tr><td>451 4.3.0</td><td>DATA</td><td>our own content could not be read</td></tr>
 * </table>
 */
public final class OwnReplies {
    private OwnReplies() {}

    static Reply unreachable(String server, String why) {
        return new Reply(
                421,
                "4.4.1",
                server + " cannot be reached: " + why + "; check host and port, and the way there (firewall, route)");
    }

    static Reply unknownHost(String host) {
        return new Reply(421, "4.4.3", "host name " + host + " has no address; check the key host, and the DNS");
    }

    static Reply localAddress(String address, String why) {
        return new Reply(
                421,
                "4.4.1",
                "cannot connect from local-address " + address + ": " + why + "; set an address of this machine");
    }

    static Reply lost(String server, String what) {
        return new Reply(421, "4.4.2", "connection to " + server + " lost: " + what);
    }

    static Reply stopping(String server) {
        return new Reply(421, "4.3.2", "the transport to " + server + " is being stopped; the message stays queued");
    }

    static Reply tls(String server, TlsFailures.Kind kind, String sentence) {
        return new Reply(
                454,
                kind == TlsFailures.Kind.CERTIFICATE ? "4.7.5" : "4.7.0",
                "no TLS with " + server + ": " + sentence);
    }

    static Reply noStartTls(String server) {
        return new Reply(
                454,
                "4.7.10",
                server + " offers no STARTTLS, but tls=require; something on the way may strip it: test from another"
                        + " network, or set tls=opportunistic where plain text is acceptable");
    }

    static Reply tokenRefused(String why) {
        return new Reply(535, "5.7.0", why);
    }

    static Reply noToken(String why) {
        return new Reply(454, "4.7.0", why);
    }

    static Reply noMechanism(String server, String wanted, String offered) {
        return new Reply(
                504,
                "5.5.4",
                server + " does not offer AUTH " + wanted + " (offered: " + (offered.isEmpty() ? "none" : offered)
                        + "); choose another auth, or check that host is the submission server");
    }

    static Reply noAuthInClear(String server) {
        return new Reply(
                504,
                "5.5.4",
                server
                        + " offers no STARTTLS and credentials are not sent in the clear; set tls=off to send them anyway");
    }

    static Reply badRecipient(String why) {
        return new Reply(501, "5.1.3", "recipient not sent: " + why);
    }

    static Reply badSender(String why) {
        return new Reply(501, "5.1.7", "sender not sent: " + why);
    }

    static Reply noUtf8(String server, String what) {
        return new Reply(553, "5.6.7", what + " needs SMTPUTF8, which " + server + " does not offer");
    }

    static Reply bareLineEnds(String server) {
        return new Reply(
                554,
                "5.6.1",
                "the message has a CR or LF that is not part of CRLF, and " + server
                        + " offers no CHUNKING to carry it unchanged; let its sender end lines with CRLF");
    }

    static Reply contentUnreadable(String why) {
        return new Reply(451, "4.3.0", "the stored message could not be read: " + why);
    }
}
