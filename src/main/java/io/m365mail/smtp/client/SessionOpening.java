package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What is said on one connected socket before MAIL: greeting, EHLO, TLS as the mode says, EHLO again, AUTH. Used once.
 */
final class SessionOpening {
    private final SmtpClientOptions options;
    private final Authenticator authenticator;
    private final TlsSockets tls;
    private final LongSupplier nanoTime;
    private final Duration greeting;
    private Stage stage = Stage.CONNECT;

    /**
     * @param options with the server's own name as host
     * @param tls null with {@link TlsMode#OFF}
     * @param greeting how long to wait for the 220
     */
    SessionOpening(
            SmtpClientOptions options,
            Authenticator authenticator,
            TlsSockets tls,
            LongSupplier nanoTime,
            Duration greeting) {
        this.options = options;
        this.authenticator = authenticator;
        this.tls = tls;
        this.nanoTime = nanoTime;
        this.greeting = greeting;
    }

    /** The connection, ready for MAIL. The socket is not closed where it fails. */
    SmtpConnection on(Socket socket) throws SmtpFailure {
        try {
            return converse(new SmtpWire(socket, nanoTime));
        } catch (IOException e) {
            throw new SmtpFailure(stage, OwnReplies.lost(options.server(), SmtpWire.describe(e)), false);
        }
    }

    private SmtpConnection converse(SmtpWire wire) throws IOException, SmtpFailure {
        if (options.tls() == TlsMode.IMPLICIT) {
            stage = Stage.TLS;
            secure(wire);
            stage = Stage.CONNECT;
        }
        expect(stage, wire.reply(greeting), 220);
        stage = Stage.EHLO;
        Capabilities offered = hello(wire);
        boolean mayTls = options.tls() == TlsMode.REQUIRE || options.tls() == TlsMode.OPPORTUNISTIC;
        if (mayTls && offered.offers("STARTTLS")) {
            stage = Stage.TLS;
            startTls(wire);
            stage = Stage.EHLO;
            offered = hello(wire);
        } else if (options.tls() == TlsMode.REQUIRE) {
            throw new SmtpFailure(Stage.TLS, OwnReplies.noStartTls(options.server()), false);
        }
        if (authenticator != null) {
            stage = Stage.AUTH;
            authenticate(wire, offered);
        }
        return new SmtpConnection(wire, options, offered, nanoTime);
    }

    private Capabilities hello(SmtpWire wire) throws ConnectionLost, SmtpFailure {
        wire.line("EHLO " + options.hostname());
        wire.flush();
        List<String> lines = wire.replyLines(options.timeouts().command());
        Reply reply = Reply.parse(lines);
        if (reply.code() == 500 || reply.code() == 502) {
            // A server without extensions (RFC 5321 section 3.2); what it lacks shows later.
            expect(
                    Stage.EHLO,
                    wire.ask("HELO " + options.hostname(), options.timeouts().command()),
                    250);
            return Capabilities.NONE;
        }
        expect(Stage.EHLO, reply, 250);
        return Capabilities.of(
                lines.stream().map(l -> l.length() > 4 ? l.substring(4) : "").toList());
    }

    private void startTls(SmtpWire wire) throws IOException, SmtpFailure {
        expect(Stage.TLS, wire.ask("STARTTLS", options.timeouts().command()), 220);
        if (wire.hasUnread()) {
            // What came before the handshake was not protected by it (CVE-2011-0411 and its kin).
            throw new SmtpFailure(
                    Stage.TLS,
                    OwnReplies.tls(
                            options.server(),
                            TlsFailures.Kind.HANDSHAKE,
                            "it sent plain text after its reply to STARTTLS; somebody may be injecting it on the way"),
                    false);
        }
        secure(wire);
    }

    private void secure(SmtpWire wire) throws SmtpFailure {
        boolean check = options.tls() != TlsMode.OPPORTUNISTIC || authenticator != null;
        try {
            int timeout = (int) options.timeouts().connect().toMillis();
            wire.secured(tls.handshake(wire.raw(), options.host(), check, timeout));
        } catch (IOException e) {
            var why = TlsFailures.explain(e, options.host(), options.trustStore() != null);
            throw new SmtpFailure(Stage.TLS, OwnReplies.tls(options.server(), why.kind(), why.sentence()), false);
        }
    }

    private void authenticate(SmtpWire wire, Capabilities offered) throws IOException, SmtpFailure {
        if (!wire.isTls() && options.tls() != TlsMode.OFF) {
            throw new SmtpFailure(Stage.AUTH, OwnReplies.noAuthInClear(options.server()), false);
        }
        String mechanism = authenticator.mechanism();
        if (!offered.offers("AUTH", mechanism)) {
            String list = String.join(" ", offered.parameters("AUTH"));
            throw new SmtpFailure(Stage.AUTH, OwnReplies.noMechanism(options.server(), mechanism, list), false);
        }
        Reply reply = authenticator.authenticate(
                line -> wire.ask(line, options.timeouts().command()));
        expect(Stage.AUTH, reply, 235);
    }

    private static void expect(Stage stage, Reply reply, int code) throws SmtpFailure {
        if (reply.code() == code) {
            return;
        }
        if (reply.isPositive()) {
            Reply own = new Reply(421, "4.4.2", "the server broke the protocol: unexpected reply " + reply);
            throw new SmtpFailure(stage, own, false);
        }
        throw new SmtpFailure(stage, reply, true);
    }
}
