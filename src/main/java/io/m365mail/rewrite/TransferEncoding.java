package io.m365mail.rewrite;

import io.m365mail.mail.MailContent;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeUtility;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What lies behind a part's transfer encoding. */
final class TransferEncoding {
    /** What begins a message that is signed or encrypted within its text (RFC 9580 section 6.2). */
    private static final String PGP = "-----BEGIN PGP ";

    private static final int CHUNK = 32 << 10;

    private TransferEncoding() {}

    /** The text has a PGP block in it. Reads it once, piece by piece. */
    static boolean hasPgp(TextPart part, MailContent body) throws IOException {
        try (InputStream all = body.open()) {
            all.skipNBytes(part.start());
            var bounded = new Bounded(new BufferedInputStream(all, CHUNK), part.length());
            try {
                return contains(MimeUtility.decode(bounded, part.encoding()));
            } catch (MessagingException unknownEncoding) {
                return contains(bounded);
            }
        }
    }

    private static boolean contains(InputStream in) throws IOException {
        String before = "";
        byte[] chunk = new byte[CHUNK];
        int n = readable(in, chunk);
        while (n > 0) {
            String text = before + new String(chunk, 0, n, StandardCharsets.ISO_8859_1);
            if (text.contains(PGP)) {
                return true;
            }
            before = text.substring(Math.max(0, text.length() - PGP.length() + 1));
            n = readable(in, chunk);
        }
        return false;
    }

    /** What cannot be decoded ends the text: nobody can read on there. */
    private static int readable(InputStream in, byte[] chunk) {
        try {
            return in.read(chunk, 0, chunk.length);
        } catch (IOException malformed) {
            return -1;
        }
    }

    static byte[] decodedBase64(byte[] encoded) throws Footer.NoPlaceException {
        try {
            return Base64.getMimeDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw new Footer.NoPlaceException("its base64 is malformed");
        }
    }

    /** In lines of 76 characters; the last has no line break. */
    static byte[] base64(byte[] bytes) {
        return Base64.getMimeEncoder().encode(bytes);
    }

    /** The first bytes of a stream. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int n = in.read(b, off, (int) Math.min(left, len));
            left -= Math.max(n, 0);
            return n;
        }
    }
}
