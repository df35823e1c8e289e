package io.m365mail.smtp.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the PROXY header (v1 or v2) that a load balancer puts in front, and starts the session with the addresses in it.
 * A header of type {@code UNKNOWN} or {@code LOCAL} (the balancer's own health check) leaves the socket's addresses.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeader.class);

    private final BiConsumer<InetSocketAddress, InetSocketAddress> start;

    /** @param start called once with the remote and the local address */
    ProxyHeader(BiConsumer<InetSocketAddress, InetSocketAddress> start) {
        this.start = start;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws UnknownHostException {
        if (!(msg instanceof HAProxyMessage header)) {
            ctx.fireChannelRead(msg);
            return;
        }
        try {
            var remote = (InetSocketAddress) ctx.channel().remoteAddress();
            var local = (InetSocketAddress) ctx.channel().localAddress();
            if (header.sourceAddress() != null) {
                remote = address(header.sourceAddress(), header.sourcePort());
                local = address(header.destinationAddress(), header.destinationPort());
            }
            start.accept(remote, local);
        } finally {
            header.release();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.info(
                "{}: closed without a valid PROXY header from the load balancer: {}",
                ctx.channel().remoteAddress(),
                cause.getMessage());
        ctx.close();
    }

    /** The decoder has checked that it is an address, so that no name is looked up here. */
    private static InetSocketAddress address(String ip, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(ip), port);
    }
}
