package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a new TCP connection before SMTP is spoken: the PROXY header where one is due, the limits on
 * connections, TLS where it is implicit. One too many hears 421 and is closed; it costs no conversation.
 */
final class ConnectionAcceptor extends ChannelInitializer<SocketChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAcceptor.class);

    private final SmtpServer server;
    private final SmtpServerOptions options;

    ConnectionAcceptor(SmtpServer server) {
        this.server = server;
        this.options = server.options();
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (!options.proxyProtocol()) {
            open(channel, channel.remoteAddress(), channel.localAddress());
            return;
        }
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(options.idleTimeout().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HAProxyMessageDecoder())
                .addLast(new ProxyHeader((remote, local) -> {
                    channel.pipeline().remove(ReadTimeoutHandler.class);
                    open(channel, remote, local);
                }));
    }

    private void open(SocketChannel channel, InetSocketAddress remote, InetSocketAddress local) {
        InetAddress address = remote.getAddress();
        if (server.isStopping()) {
            refuse(channel, "4.3.2 " + options.hostname() + " shutting down");
            return;
        }
        if (!server.admit(address)) {
            LOG.debug("{}: too many connections; {} is refused", options.name(), address);
            refuse(channel, "4.7.0 " + options.hostname() + " too many connections, try again later");
            return;
        }
        SmtpConnection connection;
        try {
            connection = new SmtpConnection(server, new ConnectionPeer(channel, remote, local));
        } catch (RuntimeException e) {
            server.dismiss(address);
            throw e;
        }
        server.come(connection);
        if (options.tls() == SmtpServerOptions.Tls.IMPLICIT) {
            channel.pipeline().addLast(server.tlsHandler(false));
        }
        channel.pipeline().addLast(connection);
    }

    private void refuse(SocketChannel channel, String text) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object octets) {
                ReferenceCountUtil.release(octets);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
            }
        });
        ByteBuf line = channel.alloc().buffer();
        boolean enhanced = options.offered().contains("ENHANCEDSTATUSCODES");
        new ReplyWriter(enhanced).write(line, Reply.of(421, text), false);
        channel.writeAndFlush(line).addListener(ChannelFutureListener.CLOSE);
    }
}
