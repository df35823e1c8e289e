package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;

/** Replies that leave together: one write for all the commands that a client sent at once (RFC 2920). */
final class ReplyBatch {
    private final ReplyWriter writer;
    private ByteBuf out;

    ReplyBatch(ReplyWriter writer) {
        this.writer = writer;
    }

    void add(Reply reply, boolean utf8) {
        writer.write(out(), reply, utf8);
    }

    void add(int code, List<String> lines) {
        writer.write(out(), code, lines);
    }

    boolean isEmpty() {
        return out == null;
    }

    /** The octets so far, which are the caller's from here on. */
    ByteBuf take() {
        ByteBuf taken = out == null ? Unpooled.EMPTY_BUFFER : out;
        out = null;
        return taken;
    }

    private ByteBuf out() {
        if (out == null) {
            out = ByteBufAllocator.DEFAULT.ioBuffer(256);
        }
        return out;
    }
}
