package io.m365mail.rewrite;

import io.m365mail.config.RewriteRule;
import io.m365mail.mail.HeaderField;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.SplicedContent.Splice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Works out where in a text part a footer goes, in the part's own charset and transfer encoding. A part that declares
 * neither 8-bit text nor an encoding becomes quoted-printable when the footer needs it; a base64 part is encoded anew.
 * Only such parts are read into the heap, up to {@link MailContent#LARGE}; of others only the end is looked at.
 */
final class Footer {
    private static final int TAIL = 64 << 10;

    private final MailContent body;
    private final List<Splice> splices = new ArrayList<>();
    private byte[] newEncodingField;

    /** @param body of the message */
    Footer(MailContent body) {
        this.body = body;
    }

    /** The footer cannot go into this part. */
    static final class NoPlaceException extends Exception {
        private static final long serialVersionUID = 1L;

        NoPlaceException(String message) {
            super(message);
        }
    }

    /** What to change in the body. */
    List<Splice> splices() {
        return splices;
    }

    /** The transfer encoding that the message's own header has to name now, as a field; null where it stays. */
    byte[] newEncodingField() {
        return newEncodingField;
    }

    /** @throws NoPlaceException says why the part stays as it is */
    void add(RewriteRule.Footer footer, TextPart part) throws IOException, NoPlaceException {
        Charset charset = charset(part.charset());
        byte[] text = part.isHtml() ? html(footer) : plain(footer, charset);
        switch (part.encoding()) {
            case "quoted-printable" -> quotedPrintable(part, text);
            case "base64" -> base64(part, text);
            case "8bit", "binary" -> asItIs(part, text);
            case "7bit" -> {
                if (isAscii(text)) {
                    asItIs(part, text);
                } else {
                    toQuotedPrintable(part, text);
                }
            }
            default -> throw new NoPlaceException("transfer encoding " + shown(part.encoding()));
        }
    }

    private static Charset charset(String name) throws NoPlaceException {
        try {
            Charset charset = Charset.forName(name.strip());
            if (charset.canEncode() && Arrays.equals("A<\r\n".getBytes(charset), new byte[] {'A', '<', '\r', '\n'})) {
                return charset;
            }
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            // Told below, as for a charset that does not contain ASCII.
        }
        throw new NoPlaceException("charset " + shown(name));
    }

    private static byte[] plain(RewriteRule.Footer footer, Charset charset) throws NoPlaceException {
        CharsetEncoder encoder = charset.newEncoder();
        if (!encoder.canEncode(footer.text())) {
            throw new NoPlaceException("charset " + charset.name() + " has not all its characters");
        }
        return footer.text().lines().collect(Collectors.joining("\r\n")).getBytes(charset);
    }

    /** In ASCII, so that any charset and encoding can carry it. */
    private static byte[] html(RewriteRule.Footer footer) {
        String html = footer.html() != null
                ? footer.html()
                : "<p>" + footer.text().lines().map(Footer::escaped).collect(Collectors.joining("<br>\n")) + "</p>";
        var ascii = new StringBuilder();
        html.lines().collect(Collectors.joining("\r\n")).codePoints().forEach(c -> {
            if (c < 128) {
                ascii.append((char) c);
            } else {
                ascii.append("&#").append(c).append(';');
            }
        });
        return ascii.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String escaped(String line) {
        return line.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void asItIs(TextPart part, byte[] text) throws IOException {
        byte[] tail = read(part, TAIL);
        int at = part.isHtml() ? HtmlEnd.in(tail) : tail.length;
        long where = part.end() - tail.length + at;
        splices.add(new Splice(where, where, at < tail.length ? inside(text) : below(text, tail)));
    }

    private void quotedPrintable(TextPart part, byte[] text) throws IOException {
        byte[] tail = read(part, TAIL);
        byte[] encoded = QuotedPrintable.encode(text);
        int at = part.isHtml() ? QuotedPrintable.place(tail) : tail.length;
        long where = part.end() - tail.length + at;
        if (at < tail.length) {
            // Between two soft line breaks, so that no line grows and no line break is seen.
            splices.add(new Splice(where, where, joined(bytes("=\r\n"), encoded, bytes("=\r\n"))));
        } else {
            // A line break behind an equals sign at the end would be none.
            boolean soft = endsWith(tail, "=") || endsWith(tail, "=\r\n") || endsWith(tail, "=\n");
            byte[] more = below(encoded, tail);
            splices.add(new Splice(where, where, soft ? joined(bytes("\r\n"), more) : more));
        }
    }

    private void base64(TextPart part, byte[] text) throws IOException, NoPlaceException {
        byte[] decoded = TransferEncoding.decodedBase64(small(part));
        byte[] whole = whole(part, decoded, text);
        boolean ends = endsWith(read(part, 1), "\n");
        byte[] encoded = TransferEncoding.base64(whole);
        splices.add(new Splice(part.start(), part.end(), ends ? joined(encoded, bytes("\r\n")) : encoded));
    }

    /** For text in ASCII that declares no encoding: each line stays as it is but for equals signs and long ones. */
    private void toQuotedPrintable(TextPart part, byte[] text) throws IOException, NoPlaceException {
        byte[] encoded = QuotedPrintable.encode(whole(part, small(part), text));
        splices.add(new Splice(part.start(), part.end(), encoded));
        byte[] field = bytes("Content-Transfer-Encoding: quoted-printable\r\n");
        if (part.whole()) {
            newEncodingField = field;
            return;
        }
        List<HeaderField> old = part.header().all("Content-Transfer-Encoding");
        old.forEach(f ->
                splices.add(new Splice(part.headerStart() + f.start(), part.headerStart() + f.end(), new byte[0])));
        splices.add(new Splice(part.headerStart(), part.headerStart(), field));
    }

    private static byte[] whole(TextPart part, byte[] old, byte[] text) {
        int at = part.isHtml() ? HtmlEnd.in(old) : old.length;
        return at < old.length
                ? joined(Arrays.copyOf(old, at), inside(text), Arrays.copyOfRange(old, at, old.length))
                : joined(old, below(text, old));
    }

    private static byte[] inside(byte[] text) {
        return joined(text, bytes("\r\n"));
    }

    /** An empty line, the footer, and a line break where the part ended in one. */
    private static byte[] below(byte[] text, byte[] tail) {
        boolean ended = tail.length == 0 || endsWith(tail, "\n");
        return joined(bytes(ended ? "\r\n" : "\r\n\r\n"), text, bytes(ended ? "\r\n" : ""));
    }

    private byte[] small(TextPart part) throws IOException, NoPlaceException {
        if (part.length() > MailContent.LARGE) {
            throw new NoPlaceException("its text of " + part.length() + " bytes would have to be encoded anew");
        }
        return read(part, MailContent.LARGE);
    }

    /** The last bytes of a part. */
    private byte[] read(TextPart part, int max) throws IOException {
        long from = Math.max(part.start(), part.end() - max);
        try (InputStream in = body.open()) {
            in.skipNBytes(from);
            return in.readNBytes((int) (part.end() - from));
        }
    }

    private static boolean endsWith(byte[] bytes, String end) {
        int from = bytes.length - end.length();
        return from >= 0 && new String(bytes, from, end.length(), StandardCharsets.ISO_8859_1).equals(end);
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    static byte[] joined(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    /** For the log: what a message says about itself, without what could break a line. */
    private static String shown(String text) {
        String clean = text.replaceAll("[^ -~]", "?");
        return clean.length() <= 40 ? clean : clean.substring(0, 40) + "...";
    }
}
