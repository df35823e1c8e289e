package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The octets of one connection. Input is kept in one buffer and handed to the session step by step; while a stage is
 * open nothing is handed over, so replies keep the order of the commands, and pipelined commands queue as the octets
 * they are. Replies of one batch leave in one flush. Reading from the socket stops while more than {@link #QUEUE} octets
 * wait, or while the client does not take its replies. All state belongs to the event loop.
 */
final class SmtpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpConnection.class);
    private static final int QUEUE = 64 * 1024;

    private final SmtpServer server;
    private final ConnectionPeer peer;
    private final ReplyBatch replies;
    private final SmtpSession session;
    private ChannelHandlerContext ctx;
    private Watchdog watchdog;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private boolean waiting;
    private boolean pumping;
    private boolean closing;
    private boolean closed;
    private boolean stopping;

    SmtpConnection(SmtpServer server, ConnectionPeer peer) {
        this.server = server;
        this.peer = peer;
        this.replies = new ReplyBatch(new ReplyWriter(server.options().offered().contains("ENHANCEDSTATUSCODES")));
        this.session = new SmtpSession(server, this, peer);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        watchdog = new Watchdog(
                ctx.channel().eventLoop(),
                server.options().idleTimeout().toNanos(),
                server.limits().dataBytesPerSecond(),
                this::timedOut);
        if (ctx.pipeline().get(SslHandler.class) == null) {
            session.greet();
            pump();
        } else {
            waiting = true;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        if (closing || closed) {
            ((ByteBuf) msg).release();
            return;
        }
        in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), in, (ByteBuf) msg);
        pump();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        closed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            handshakeEnded(handshake);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("{}: connection from {} broke", server.name(), peer, cause);
        } else {
            LOG.error("{}: connection from {} is closed after an error of ours", server.name(), peer, cause);
        }
        ctx.close();
    }

    /** The octets that came instead of a handshake are left out: they may be a password. */
    private static String reason(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "what came is not TLS";
        }
        return cause.getMessage() == null ? "the connection was closed" : cause.getMessage();
    }

    private void handshakeEnded(SslHandshakeCompletionEvent handshake) {
        if (!handshake.isSuccess()) {
            LOG.info("{}: TLS handshake with {} failed: {}", server.name(), peer, reason(handshake.cause()));
            ctx.close();
            return;
        }
        peer.secured(ctx.pipeline().get(SslHandler.class).engine().getSession());
        waiting = false;
        watchdog.pause(false);
        if (!session.greeted()) {
            session.greet();
        }
        pump();
    }

    /** Queues a reply; it leaves with the next flush. */
    void reply(Reply reply, boolean utf8) {
        if (!closing && !closed) {
            replies.add(reply, utf8);
        }
    }

    /** Queues a reply of whole lines. */
    void reply(int code, List<String> lines) {
        replies.add(code, lines);
    }

    /** True when octets wait that came behind the command under way. */
    boolean hasInput() {
        return in.isReadable();
    }

    /** Sends what is queued, then closes. Nothing more is read. */
    void close() {
        if (closed || closing) {
            return;
        }
        closing = true;
        dropInput();
        ctx.writeAndFlush(replies.take()).addListener(ChannelFutureListener.CLOSE);
    }

    /** Stops the input until {@code stage} is done, then goes on with {@code then} on the event loop. */
    <T> void await(CompletionStage<T> stage, BiConsumer<T, Throwable> then) {
        waiting = true;
        watchdog.pause(true);
        stage.whenComplete((value, error) -> {
            if (ctx.channel().eventLoop().inEventLoop()) {
                resume(value, error, then);
                return;
            }
            try {
                ctx.channel().eventLoop().execute(() -> resume(value, error, then));
            } catch (RejectedExecutionException stopped) {
                LOG.debug("{}: a stage ended after the server had stopped", server.name(), stopped);
            }
        });
    }

    private <T> void resume(T value, Throwable error, BiConsumer<T, Throwable> then) {
        if (closed) {
            return;
        }
        waiting = false;
        watchdog.pause(false);
        then.accept(value, error);
        pump();
    }

    /** Upgrades after the reply, which is the last in clear; what came behind STARTTLS is dropped (CVE-2011-0411). */
    void startTls(SslHandler tls, Reply ready) {
        dropInput();
        flush();
        waiting = true;
        watchdog.pause(false);
        reply(ready, false);
        ctx.pipeline().addFirst(tls);
        flush();
    }

    Watchdog watchdog() {
        return watchdog;
    }

    /** The server stops: an idle connection ends now, a running transaction when it is over. Any thread. */
    void shutdown() {
        ctx.channel().eventLoop().execute(() -> {
            stopping = true;
            pump();
        });
    }

    /** The time to finish is over. Any thread. */
    void abort() {
        ctx.channel().eventLoop().execute(() -> {
            if (waiting) {
                ctx.close();
            } else {
                sayShuttingDown();
            }
        });
    }

    private void sayShuttingDown() {
        reply(Reply.of(421, "4.3.2 " + server.options().hostname() + " shutting down"), false);
        close();
    }

    private void pump() {
        if (pumping || ctx == null) {
            return;
        }
        pumping = true;
        try {
            while (!waiting && !closing && !closed && ctx.channel().isWritable() && session.read(in)) {
                // each step takes one command or one run of data
            }
            if (stopping && !waiting && !closing && !closed && session.idle()) {
                sayShuttingDown();
            }
        } finally {
            pumping = false;
        }
        if (closed || closing) {
            return;
        }
        flush();
        if (!in.isReadable()) {
            dropInput();
        }
        ctx.channel().config().setAutoRead(in.readableBytes() <= QUEUE);
    }

    private void flush() {
        if (!replies.isEmpty()) {
            ctx.writeAndFlush(replies.take());
        }
    }

    private void dropInput() {
        in.release();
        in = Unpooled.EMPTY_BUFFER;
    }

    private void timedOut() {
        // A client that does not take its replies does not take this one either.
        if (waiting || closing || !ctx.channel().isWritable()) {
            ctx.close();
            return;
        }
        reply(Reply.of(421, "4.4.2 " + server.options().hostname() + " timeout: nothing came for too long"), false);
        close();
    }

    private void closed() {
        if (closed) {
            return;
        }
        closed = true;
        watchdog.stop();
        dropInput();
        replies.take().release();
        session.closed();
        server.gone(this, peer);
    }
}
