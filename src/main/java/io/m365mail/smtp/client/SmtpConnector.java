package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections that are ready for MAIL: TCP, greeting, EHLO, TLS as the mode says, EHLO again, AUTH. Whatever goes
 * wrong becomes a {@link SmtpFailure} with the stage, and the socket is closed.
 */
public final class SmtpConnector {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpConnector.class);

    /** More addresses of one name are not tried in one attempt. */
    private static final int MAX_ADDRESSES = 4;

    private final SmtpClientOptions options;
    private final Authenticator authenticator;
    private final LongSupplier nanoTime;
    private final TlsSockets tls;

    /**
     * @param authenticator null for no AUTH
     * @throws IllegalArgumentException where a trust or key store cannot be read
     */
    public SmtpConnector(SmtpClientOptions options, Authenticator authenticator, LongSupplier nanoTime) {
        this.options = options;
        this.authenticator = authenticator;
        this.nanoTime = nanoTime;
        this.tls = options.tls() == TlsMode.OFF ? null : new TlsSockets(options);
    }

    public SmtpClientOptions options() {
        return options;
    }

    /** Where TLS is opportunistic and fails, the next connection goes without it, as mail servers do (RFC 7435). */
    public SmtpConnection open() throws SmtpFailure {
        try {
            return open(options.tls());
        } catch (SmtpFailure e) {
            boolean mayBePlain = options.tls() == TlsMode.OPPORTUNISTIC && authenticator == null;
            if (e.stage() != Stage.TLS || !mayBePlain) {
                throw e;
            }
            LOG.info("{}: goes on in plain text, tls=opportunistic: {}", options.server(), e.reply());
            return open(TlsMode.OFF);
        }
    }

    private SmtpConnection open(TlsMode mode) throws SmtpFailure {
        Socket socket = connect();
        Stage[] stage = {Stage.CONNECT};
        try {
            var wire = new SmtpWire(socket, nanoTime);
            SmtpConnection connection = converse(wire, mode, stage);
            LOG.debug("{}: connected, {}", options.server(), wire.isTls() ? "TLS" : "plain text");
            return connection;
        } catch (SmtpFailure e) {
            close(socket);
            throw e;
        } catch (IOException e) {
            close(socket);
            throw new SmtpFailure(stage[0], OwnReplies.lost(options.server(), SmtpWire.describe(e)), false);
        }
    }

    private SmtpConnection converse(SmtpWire wire, TlsMode mode, Stage[] stage) throws IOException, SmtpFailure {
        if (mode == TlsMode.IMPLICIT) {
            stage[0] = Stage.TLS;
            secure(wire);
            stage[0] = Stage.CONNECT;
        }
        expect(stage[0], wire.reply(options.timeouts().greeting()), 220);
        stage[0] = Stage.EHLO;
        Capabilities offered = hello(wire);
        boolean mayTls = mode == TlsMode.REQUIRE || mode == TlsMode.OPPORTUNISTIC;
        if (mayTls && offered.offers("STARTTLS")) {
            stage[0] = Stage.TLS;
            startTls(wire);
            stage[0] = Stage.EHLO;
            offered = hello(wire);
        } else if (mode == TlsMode.REQUIRE) {
            throw new SmtpFailure(Stage.TLS, OwnReplies.noStartTls(options.server()), false);
        }
        if (authenticator != null) {
            stage[0] = Stage.AUTH;
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
            wire.secured(tls.handshake(wire.raw(), check, timeout));
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

    private Socket connect() throws SmtpFailure {
        InetAddress local = localAddress();
        IOException last = null;
        for (InetAddress address : addresses()) {
            var socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                if (local != null) {
                    socket.bind(new InetSocketAddress(local, 0));
                }
                socket.connect(new InetSocketAddress(address, options.port()), (int)
                        options.timeouts().connect().toMillis());
                return socket;
            } catch (IOException e) {
                close(socket);
                last = e;
            }
        }
        String why = last instanceof SocketTimeoutException
                ? "no answer within " + options.timeouts().connect().toSeconds() + " s"
                : last.getMessage();
        throw new SmtpFailure(Stage.CONNECT, OwnReplies.unreachable(options.server(), why), false);
    }

    private List<InetAddress> addresses() throws SmtpFailure {
        try {
            List<InetAddress> all = Arrays.stream(InetAddress.getAllByName(options.host()))
                    .filter(a -> !options.ipv4() || a instanceof Inet4Address)
                    .limit(MAX_ADDRESSES)
                    .toList();
            if (!all.isEmpty()) {
                return all;
            }
        } catch (UnknownHostException e) {
            LOG.debug("{}: {}", options.server(), e.getMessage());
        }
        throw new SmtpFailure(Stage.CONNECT, OwnReplies.unknownHost(options.host()), false);
    }

    private InetAddress localAddress() throws SmtpFailure {
        if (options.localAddress() == null) {
            return null;
        }
        try {
            return InetAddress.getByName(options.localAddress());
        } catch (UnknownHostException e) {
            Reply reply = OwnReplies.localAddress(options.localAddress(), "it has no address");
            throw new SmtpFailure(Stage.CONNECT, reply, false);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a socket: {}", e.getMessage());
        }
    }
}
