package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Cuts command lines off the octets of a connection. A line ends in CRLF and in nothing else: a bare LF or CR means that
 * the client and we could disagree about where commands and data end (SMTP smuggling), so it ends the connection. A line
 * beyond the limit is dropped to its end without being kept. Each octet is looked at once, however slowly they come.
 */
final class LineReader {
    /** RFC 5321 section 4.5.3.1.4 asks for 512 octets; ORCPT and SMTPUTF8 need more. */
    static final int COMMAND_LIMIT = 2048;
    /** A bearer token of Entra ID has over 2,000 octets, base64 on top; RFC 4954 asks for 12,288. */
    static final int AUTH_LIMIT = 32_768;

    private int scanned;
    private boolean tooLong;

    /**
     * One line.
     *
     * @param text without CRLF, or null where {@code problem} is set
     * @param problem the refusal, or null
     * @param fatal the connection cannot go on
     */
    record Line(String text, Reply problem, boolean fatal) {}

    /**
     * The next line, or null when more octets are needed.
     *
     * @param sasl the line is part of an AUTH exchange
     */
    Line next(ByteBuf in, boolean sasl) {
        int start = in.readerIndex();
        int lf = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
        if (lf < 0) {
            scanned = in.readableBytes();
            if (scanned > limit(in, sasl)) {
                drop(in);
            }
            return null;
        }
        boolean long_ = tooLong || lf - start + 1 > limit(in, sasl);
        scanned = 0;
        tooLong = false;
        Line line = lf == start || in.getByte(lf - 1) != '\r' || in.indexOf(start, lf - 1, (byte) '\r') >= 0
                ? new Line(null, Reply.of(500, "5.5.2 Bare CR or LF in a command; lines end in CRLF"), true)
                : long_
                        ? new Line(null, Reply.of(500, "5.5.2 Line too long"), false)
                        : decode(in, start, lf - 1 - start);
        in.readerIndex(lf + 1);
        return line;
    }

    /** Forgets a part of a line that was read: what came before STARTTLS. */
    void reset() {
        scanned = 0;
        tooLong = false;
    }

    /** Keeps the last octet only: it may be the CR of the CRLF to come. */
    private void drop(ByteBuf in) {
        in.skipBytes(in.readableBytes() - 1);
        scanned = 1;
        tooLong = true;
    }

    private static int limit(ByteBuf in, boolean sasl) {
        int i = in.readerIndex();
        boolean auth = sasl
                || in.readableBytes() > 4
                        && (in.getByte(i) | 0x20) == 'a'
                        && (in.getByte(i + 1) | 0x20) == 'u'
                        && (in.getByte(i + 2) | 0x20) == 't'
                        && (in.getByte(i + 3) | 0x20) == 'h';
        return auth ? AUTH_LIMIT : COMMAND_LIMIT;
    }

    private static Line decode(ByteBuf in, int start, int length) {
        var bytes = new byte[length];
        in.getBytes(start, bytes);
        boolean ascii = true;
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' || b == 127) {
                return new Line(null, Reply.of(500, "5.5.2 Control character in a command"), false);
            }
            ascii &= b >= 0;
        }
        if (ascii) {
            return new Line(new String(bytes, StandardCharsets.US_ASCII), null, false);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.chars().anyMatch(Character::isISOControl)
                    ? new Line(null, Reply.of(500, "5.5.2 Control character in a command"), false)
                    : new Line(text, null, false);
        } catch (CharacterCodingException e) {
            return new Line(null, Reply.of(500, "5.5.2 A command is ASCII or UTF-8"), false);
        }
    }
}
