package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;

/**
 * The octets of one message on their way from the connection to its {@link DataSink}: up to the dot behind DATA (RFC 5321
 * section 4.5.2), or as many as each BDAT announced (RFC 3030). The octets that a client announced are always read, also
 * behind a refusal: they must never be taken for commands. Belongs to the event loop.
 */
final class MessageOctets {
    private final SmtpConnection connection;
    private final Taker taker;
    private DataSink sink;
    private DataReader data;
    private LineEndCheck lineEnds;
    private ChunkReader chunk;

    /** Is told how far the message has come. */
    interface Taker {
        /**
         * All of it is in the sink.
         *
         * @param bareLineEnd a CR or LF stood alone
         * @param repaired line ends were mended
         */
        void whole(boolean bareLineEnd, boolean repaired);

        /** A chunk that was not the last is in the sink. */
        void chunk(long size);

        /** It cannot be taken. */
        void cannot(Reply problem);
    }

    MessageOctets(SmtpConnection connection, Taker taker) {
        this.connection = connection;
        this.taker = taker;
    }

    /** A message may come, and goes here. */
    void into(DataSink opened) {
        sink = opened;
    }

    /** The message follows, up to a line with a dot. */
    void begin(boolean repairsLineEnds) {
        data = new DataReader(repairsLineEnds);
        connection.watchdog().dataBegins();
    }

    /** A chunk of the message follows. */
    void begin(ChunkReader.Announced announced) {
        lineEnds = lineEnds == null ? new LineEndCheck() : lineEnds;
        begin(new ChunkReader(announced, lineEnds, null));
    }

    /** A chunk follows that nobody wants. @param refusal answers it once it is read */
    void skip(ChunkReader.Announced announced, Runnable refusal) {
        begin(new ChunkReader(announced, null, refusal));
    }

    private void begin(ChunkReader announced) {
        chunk = announced;
        connection.watchdog().dataBegins();
    }

    /** True while octets are expected rather than a command. */
    boolean expected() {
        return data != null || chunk != null;
    }

    /** True while a chunk is read, be it one that nobody wants. */
    boolean inChunk() {
        return chunk != null;
    }

    /** True once a chunk of this message was announced. */
    boolean chunked() {
        return lineEnds != null;
    }

    /** Takes octets of the message; false when more are needed. */
    boolean read(ByteBuf in) {
        if (sink != null && sink.full()) {
            connection.await(sink.flush(), (done, error) -> {});
            return true;
        }
        if (chunk != null && chunk.ended()) {
            chunkEnds();
            return true;
        }
        int before = in.readableBytes();
        if (before == 0) {
            return false;
        }
        boolean whole = chunk == null ? data.read(in, sink) : chunk.read(in, sink);
        connection.watchdog().dataBytes(before - in.readableBytes());
        if (whole && chunk == null) {
            DataReader ended = data;
            data = null;
            connection.watchdog().dataEnds();
            taker.whole(ended.hasBareLineEnd(), ended.repaired());
        }
        return true;
    }

    private void chunkEnds() {
        ChunkReader ended = chunk;
        chunk = null;
        connection.watchdog().dataEnds();
        if (ended.isRefused()) {
            ended.refuse();
        } else if (ended.announced().last()) {
            taker.whole(lineEnds.hasBareLineEnd(), false);
        } else if (sink.problem() != null) {
            taker.cannot(sink.problem());
        } else {
            taker.chunk(ended.announced().size());
        }
    }

    /** The whole message; who takes it says how long it is needed, and closes it. */
    DataSink take() {
        DataSink taken = sink;
        sink = null;
        return taken;
    }

    /** What was received so far; null where no message may come. */
    DataSink sink() {
        return sink;
    }

    /** The message is over, or never was. */
    void reset() {
        drop();
        data = null;
        chunk = null;
        lineEnds = null;
    }

    /** What was received is dropped. */
    void drop() {
        if (sink != null) {
            sink.close();
            sink = null;
        }
    }
}
