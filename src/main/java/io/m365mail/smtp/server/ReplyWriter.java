package io.m365mail.smtp.server;

import io.m365mail.smtp.Reply;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Puts replies on the wire (RFC 5321 section 4.2): lines of at most 512 octets, continued with {@code code-}. */
final class ReplyWriter {
    /** 512 without code, enhanced code and CRLF. */
    private static final int WIDTH = 490;

    private final boolean enhancedCodes;

    ReplyWriter(boolean enhancedCodes) {
        this.enhancedCodes = enhancedCodes;
    }

    /** @param utf8 non-ASCII characters may stand in the reply (RFC 6531); else each becomes a question mark */
    void write(ByteBuf out, Reply reply, boolean utf8) {
        String prefix = enhancedCodes && reply.enhanced() != null ? reply.enhanced() + " " : "";
        List<String> lines = wrap(reply.text());
        for (int i = 0; i < lines.size(); i++) {
            line(out, reply.code(), i == lines.size() - 1, prefix + lines.get(i), utf8);
        }
    }

    /** A reply of whole lines: EHLO. */
    void write(ByteBuf out, int code, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            line(out, code, i == lines.size() - 1, lines.get(i), false);
        }
    }

    private static void line(ByteBuf out, int code, boolean last, String text, boolean utf8) {
        String line = code + (last ? " " : "-") + text + "\r\n";
        out.writeBytes(line.getBytes(utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII));
    }

    private static List<String> wrap(String text) {
        var lines = new ArrayList<String>();
        String rest = text;
        while (rest.getBytes(StandardCharsets.UTF_8).length > WIDTH) {
            int width = Math.min(WIDTH / 4, rest.length() - 1);
            int blank = rest.lastIndexOf(' ', width);
            int cut = blank > 0 ? blank : width;
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
