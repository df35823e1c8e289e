package io.m365mail.smtp.client;

import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections that are ready for MAIL. Of several servers the next one is tried where one cannot be reached, does
 * not greet in time, or turns the connection down before AUTH (RFC 5321 section 5.1); while another is left, the greeting
 * may take no longer than the connection. Whatever goes wrong becomes a {@link SmtpFailure} with the stage, and the socket
 * is closed.
 */
public final class SmtpConnector {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpConnector.class);

    /** More addresses of one name, or more servers, are not tried in one attempt. */
    private static final int MAX_ADDRESSES = 4;

    private static final int MAX_SERVERS = 4;

    private final SmtpClientOptions options;
    private final MailServers servers;
    private final ServerOrder order;
    private final Authenticator authenticator;
    private final LongSupplier nanoTime;
    private final TlsSockets tls;

    /**
     * To the server that the options name.
     *
     * @param authenticator null for no AUTH
     * @throws IllegalArgumentException where a trust or key store cannot be read
     */
    public SmtpConnector(SmtpClientOptions options, Authenticator authenticator, LongSupplier nanoTime) {
        this(options, new NamedServer(options.host(), options.ipv4()), authenticator, nanoTime);
    }

    /**
     * @param options its host is for logs only
     * @param servers where to connect to
     * @param authenticator null for no AUTH
     * @throws IllegalArgumentException where a trust or key store cannot be read
     */
    public SmtpConnector(
            SmtpClientOptions options, MailServers servers, Authenticator authenticator, LongSupplier nanoTime) {
        this.options = options;
        this.servers = servers;
        this.order = new ServerOrder(nanoTime);
        this.authenticator = authenticator == null ? null : new AuthTurns(authenticator, nanoTime);
        this.nanoTime = nanoTime;
        this.tls = options.tls() == TlsMode.OFF ? null : new TlsSockets(options);
    }

    public SmtpClientOptions options() {
        return options;
    }

    public SmtpConnection open() throws SmtpFailure {
        List<MailServers.Server> all = order.of(servers.find());
        int count = Math.min(all.size(), MAX_SERVERS);
        for (int i = 0; ; i++) {
            MailServers.Server server = all.get(i);
            boolean last = i + 1 == count;
            try {
                SmtpConnection connection = open(server, last);
                order.answered(server);
                return connection;
            } catch (SmtpFailure e) {
                if (last || e.stage().compareTo(Stage.AUTH) >= 0) {
                    throw e;
                }
                order.failed(server);
                LOG.info("{}; {} is tried instead", e.reply(), all.get(i + 1).host());
            }
        }
    }

    /** Where TLS is opportunistic and fails, the next connection goes without it, as mail servers do (RFC 7435). */
    private SmtpConnection open(MailServers.Server server, boolean last) throws SmtpFailure {
        SmtpClientOptions here = options.withHost(server.host());
        try {
            return open(server, here, last);
        } catch (SmtpFailure e) {
            boolean mayBePlain = options.tls() == TlsMode.OPPORTUNISTIC && authenticator == null;
            if (e.stage() != Stage.TLS || !mayBePlain) {
                throw e;
            }
            LOG.info("{}: goes on in plain text, tls=opportunistic: {}", here.server(), e.reply());
            return open(server, here.withTls(TlsMode.OFF), last);
        }
    }

    private SmtpConnection open(MailServers.Server server, SmtpClientOptions here, boolean last) throws SmtpFailure {
        Duration greeting = options.timeouts().greeting();
        if (!last && greeting.compareTo(options.timeouts().connect()) > 0) {
            greeting = options.timeouts().connect();
        }
        Socket socket = connect(server);
        boolean ready = false;
        try {
            SmtpConnection connection = new SessionOpening(here, authenticator, tls, nanoTime, greeting).on(socket);
            ready = true;
            LOG.debug("{}: connected, {}", here.server(), connection.isTls() ? "TLS" : "plain text");
            return connection;
        } finally {
            if (!ready) {
                close(socket);
            }
        }
    }

    private Socket connect(MailServers.Server server) throws SmtpFailure {
        InetAddress local = localAddress();
        IOException failure = null;
        for (InetAddress address :
                server.addresses().stream().limit(MAX_ADDRESSES).toList()) {
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
                failure = e;
            }
        }
        String why = failure instanceof SocketTimeoutException
                ? "no answer within " + options.timeouts().connect().toSeconds() + " s"
                : failure.getMessage();
        String name = options.withHost(server.host()).server();
        throw new SmtpFailure(Stage.CONNECT, OwnReplies.unreachable(name, why), false);
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
