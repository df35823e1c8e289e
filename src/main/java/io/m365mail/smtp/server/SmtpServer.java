package io.m365mail.smtp.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SMTP server on Netty (RFC 5321 with the extensions of {@link SmtpServerOptions}). It speaks the protocol; the
 * {@link SmtpHandler} decides. Two event loops serve all connections; nothing that blocks runs on them. It may be
 * started and stopped several times, and any number of servers may run in one JVM.
 */
public final class SmtpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);
    private static final int LOOPS = 2;

    private final SmtpServerOptions options;
    private final SmtpServerLimits limits;
    private final SmtpHandler handler;
    private final Set<SmtpConnection> connections = ConcurrentHashMap.newKeySet();
    private final ConnectionCounter counter;
    private EventLoopGroup loops;
    private Channel listener;
    private Spool spool;
    private volatile boolean stopping;

    public SmtpServer(SmtpServerOptions options, SmtpHandler handler) {
        this(options, handler, SmtpServerLimits.defaults());
    }

    public SmtpServer(SmtpServerOptions options, SmtpHandler handler, SmtpServerLimits limits) {
        if (options.tls() != SmtpServerOptions.Tls.OFF && options.sslContext() == null) {
            throw new IllegalArgumentException("listener " + options.name() + ": TLS needs an SSLContext");
        }
        this.options = options;
        this.handler = handler;
        this.limits = limits;
        this.counter = new ConnectionCounter(options.maxConnections(), limits.connectionsPerAddress());
    }

    /**
     * Binds the port and begins to accept.
     *
     * @throws IOException when the port cannot be bound; nothing is left running then
     */
    public synchronized void start() throws IOException {
        if (listener != null) {
            throw new IllegalStateException("listener " + options.name() + " is running already");
        }
        stopping = false;
        spool = new Spool(options.spoolDirectory(), options.name());
        loops = new NioEventLoopGroup(LOOPS, new DefaultThreadFactory("smtp-" + options.name()));
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ConnectionAcceptor(this))
                .bind(new InetSocketAddress(options.address(), options.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            throw new IOException(
                    "listener " + options.name() + " cannot bind " + options.address() + ":" + options.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
        LOG.info("{} listens on {}:{}", options.name(), options.address(), port());
    }

    /** The port that is bound; with {@code port=0} the one that was free. */
    public synchronized int port() {
        if (listener == null) {
            throw new IllegalStateException("listener " + options.name() + " is not running");
        }
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Open connections now. */
    public int connections() {
        return connections.size();
    }

    /**
     * Stops: no new connections, {@code 421 4.3.2} to idle ones at once and to the others after their transaction or the
     * grace of {@link SmtpServerLimits#stopGrace()}. Returns when port, connections, threads and files are released.
     */
    public synchronized void stop() {
        if (listener == null) {
            return;
        }
        stopping = true;
        listener.close().awaitUninterruptibly();
        listener = null;
        connections.forEach(SmtpConnection::shutdown);
        try {
            awaitNoConnections(limits.stopGrace().toNanos());
            connections.forEach(SmtpConnection::abort);
            awaitNoConnections(TimeUnit.SECONDS.toNanos(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        spool.stop();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        LOG.info("{} has stopped", options.name());
    }

    @Override
    public void close() {
        stop();
    }

    String name() {
        return options.name();
    }

    SmtpServerOptions options() {
        return options;
    }

    SmtpServerLimits limits() {
        return limits;
    }

    SmtpHandler handler() {
        return handler;
    }

    Spool spool() {
        return spool;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Counts a connection, unless it is one too many. */
    boolean admit(InetAddress address) {
        return counter.tryAcquire(address);
    }

    /** An admitted connection did not come about. */
    void dismiss(InetAddress address) {
        counter.release(address);
    }

    void come(SmtpConnection connection) {
        connections.add(connection);
    }

    /** A TLS end for one connection; its first flush still goes in clear where it follows STARTTLS. */
    SslHandler tlsHandler(boolean afterStartTls) {
        SSLEngine engine = options.sslContext().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(options.tlsProtocols().toArray(String[]::new));
        engine.setWantClientAuth(options.wantClientCertificate());
        return new SslHandler(engine, afterStartTls);
    }

    void gone(SmtpConnection connection, SmtpPeer peer) {
        if (connections.remove(connection)) {
            counter.release(peer.remote().getAddress());
            synchronized (connections) {
                connections.notifyAll();
            }
        }
    }

    private void awaitNoConnections(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        synchronized (connections) {
            while (!connections.isEmpty() && System.nanoTime() < end) {
                TimeUnit.NANOSECONDS.timedWait(connections, Math.max(1_000_000, end - System.nanoTime()));
            }
        }
    }
}
