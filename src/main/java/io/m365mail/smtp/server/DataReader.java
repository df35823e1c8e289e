package io.m365mail.smtp.server;

import io.netty.buffer.ByteBuf;

/**
 * Reads what follows DATA up to CRLF.CRLF, and removes the dots that the client doubled (RFC 5321 section 4.5.2).
 *
 * <p>The end of data is exactly CRLF.CRLF. A bare LF or bare CR anywhere makes the message refused, and what looks like
 * an end with one ({@code LF.LF}, {@code LF.CRLF}, {@code CRLF.LF}, {@code CR.CR}) is data, never an end: the octets are
 * drained to the true end, so nothing in a message can become a command (SMTP smuggling, CVE-2023-51764). An accepted
 * message is the message that was sent.
 *
 * <p>A reader that repairs writes CRLF for a line end that stands alone, and one CRLF for {@code CR CR LF}. What is an end
 * of data does not change by that, and a dot behind such a line end is text: neither an end nor doubled.
 *
 * <p>Line ends are searched with Netty's word-wise {@code indexOf}, and whatever lies between two removed dots is copied
 * as one run. The state outlives any split of the TCP stream, and each octet is looked at a fixed number of times.
 */
final class DataReader {
    private enum State {
        LINE_START,
        DOT,
        DOT_CR,
        TEXT,
        CR
    }

    private static final byte[] CRLF = {'\r', '\n'};

    private final boolean repairs;
    private State state = State.LINE_START;
    private boolean bareLineEnd;
    private boolean repaired;

    /** @param repairs line ends that stand alone, instead of having the message refused */
    DataReader(boolean repairs) {
        this.repairs = repairs;
    }

    /** Moves octets from {@code in} to {@code sink}; true at the end of data, which is then consumed too. */
    boolean read(ByteBuf in, DataSink sink) {
        int run = in.readerIndex();
        int i = run;
        int end = in.writerIndex();
        while (i < end) {
            switch (state) {
                case LINE_START -> {
                    state = State.TEXT;
                    if (in.getByte(i) == '.') {
                        sink.append(in, run, i - run);
                        run = ++i;
                        state = State.DOT;
                    }
                }
                case DOT -> {
                    boolean cr = in.getByte(i) == '\r';
                    i += cr ? 1 : 0;
                    state = cr ? State.DOT_CR : State.TEXT;
                }
                case DOT_CR -> {
                    if (in.getByte(i) == '\n') {
                        in.readerIndex(i + 1);
                        return true;
                    }
                    if (repairs) {
                        // The dot was text, then, and a line end stands alone behind it.
                        state = State.CR;
                        run = i;
                    } else {
                        bareLineEnd(sink);
                    }
                }
                case TEXT -> {
                    i = repairs ? repairedText(in, i, end, sink) : endOfText(in, i, end, sink);
                    run = repairs ? i : run;
                }
                case CR -> {
                    if (repairs) {
                        i = repairedCr(in.getByte(i), i, sink);
                        run = i;
                    } else if (in.getByte(i) == '\n') {
                        i++;
                        state = State.LINE_START;
                    } else {
                        bareLineEnd(sink);
                    }
                }
            }
        }
        // The CR after a lone dot belongs to the end of data, or to a message that is refused anyway.
        sink.append(in, run, state == State.DOT_CR ? 0 : end - run);
        in.readerIndex(end);
        return false;
    }

    /** True when a CR or LF stood alone: the message must be refused. */
    boolean hasBareLineEnd() {
        return bareLineEnd;
    }

    /** True when a CR or LF stood alone and was mended. */
    boolean repaired() {
        return repaired;
    }

    /** Appends text up to a line end, which is not appended yet where it is a CR: the LF decides. */
    private int repairedText(ByteBuf in, int from, int end, DataSink sink) {
        int cr = in.indexOf(from, end, (byte) '\r');
        int lf = in.indexOf(from, cr < 0 ? end : cr, (byte) '\n');
        int stop = lf >= 0 ? lf : cr >= 0 ? cr : end;
        sink.append(in, from, stop - from);
        if (lf >= 0) {
            sink.append(CRLF);
            repaired = true;
        } else if (cr >= 0) {
            state = State.CR;
        }
        return stop == end ? end : stop + 1;
    }

    /** What follows a CR that is not appended yet. */
    private int repairedCr(byte next, int at, DataSink sink) {
        if (next == '\n') {
            sink.append(CRLF);
            state = State.LINE_START;
            return at + 1;
        }
        repaired = true;
        if (next == '\r') {
            return at + 1;
        }
        sink.append(CRLF);
        state = State.TEXT;
        return at;
    }

    private int endOfText(ByteBuf in, int from, int end, DataSink sink) {
        int cr = in.indexOf(from, end, (byte) '\r');
        int stop = cr < 0 ? end : cr;
        if (!bareLineEnd && in.indexOf(from, stop, (byte) '\n') >= 0) {
            bareLineEnd(sink);
        }
        if (cr < 0) {
            return end;
        }
        state = State.CR;
        return cr + 1;
    }

    private void bareLineEnd(DataSink sink) {
        bareLineEnd = true;
        state = State.TEXT;
        sink.discard();
    }
}
