package io.m365mail.smtp.server;

import io.netty.buffer.ByteBuf;
import java.util.regex.Pattern;

/**
 * Reads the octets that one BDAT announced (RFC 3030). They are counted, never searched for an end, and they are read
 * also behind a refusal: then they are skipped, so that they cannot be taken for commands.
 */
final class ChunkReader {
    private static final Pattern ARGUMENTS = Pattern.compile("(\\d{1,18})( +LAST)?", Pattern.CASE_INSENSITIVE);

    private final Announced announced;
    private final LineEndCheck lineEnds;
    private final Runnable refusal;
    private long left;

    /** The arguments of BDAT. */
    record Announced(long size, boolean last) {}

    /** The arguments of BDAT, or null where they are malformed. */
    static Announced parse(String arguments) {
        var m = ARGUMENTS.matcher(arguments);
        return m.matches() ? new Announced(Long.parseLong(m.group(1)), m.group(2) != null) : null;
    }

    /**
     * @param lineEnds checks the octets of an accepted chunk; null where it is refused
     * @param refusal answers a refused chunk once it is read
     */
    ChunkReader(Announced announced, LineEndCheck lineEnds, Runnable refusal) {
        this.announced = announced;
        this.lineEnds = lineEnds;
        this.refusal = refusal;
        this.left = announced.size();
    }

    Announced announced() {
        return announced;
    }

    boolean isRefused() {
        return lineEnds == null;
    }

    void refuse() {
        refusal.run();
    }

    boolean ended() {
        return left == 0;
    }

    /** Moves octets from {@code in} to {@code sink}; true when the chunk is whole. */
    boolean read(ByteBuf in, DataSink sink) {
        int n = (int) Math.min(left, in.readableBytes());
        if (!isRefused()) {
            lineEnds.check(in, in.readerIndex(), in.readerIndex() + n);
            sink.append(in, in.readerIndex(), n);
        }
        in.skipBytes(n);
        left -= n;
        return ended();
    }
}
