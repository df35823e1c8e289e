package io.m365mail.rewrite;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.MailContent;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a footer goes, byte for byte. */
class FooterTest {
    private static final String ASCII = "1.footer=Contoso Ltd";
    private static final String UMLAUT = "1.footer=Contoso, Straße 1";

    private static String apply(String rules, String message) throws Exception {
        return Rewriting.of(rules).apply(message);
    }

    private static String type(String type, String encoding) {
        return "Content-Type: " + type + "\r\n"
                + (encoding.isEmpty() ? "" : "Content-Transfer-Encoding: " + encoding + "\r\n");
    }

    @Test
    void belowAMessageWithoutMime() throws Exception {
        assertThat(apply(ASCII, "Subject: s\r\n\r\nhello\r\n"))
                .isEqualTo("Subject: s\r\n\r\nhello\r\n\r\nContoso Ltd\r\n");
        assertThat(apply(ASCII, "Subject: s\r\n\r\nhello")).isEqualTo("Subject: s\r\n\r\nhello\r\n\r\nContoso Ltd");
        assertThat(apply(UMLAUT, "Subject: s\r\n\r\nhello\r\n"))
                .as("us-ascii has no ß")
                .isEqualTo("Subject: s\r\n\r\nhello\r\n");
    }

    @Test
    void inTheCharsetOfThePart() throws Exception {
        String header = type("text/plain; charset=iso-8859-1", "8bit") + "\r\n";
        byte[] out = Rewriting.of(UMLAUT).apply((header + "grün\r\n").getBytes(ISO_8859_1));
        assertThat(new String(out, ISO_8859_1)).isEqualTo(header + "grün\r\n\r\nContoso, Straße 1\r\n");
        for (String charset : new String[] {"utf-16", "x-unknown", "us-ascii", "iso-8859-5", "'; DROP"}) {
            String message = type("text/plain; charset=\"" + charset + "\"", "8bit") + "\r\nx\r\n";
            assertThat(apply(UMLAUT, message)).as(charset).isEqualTo(message);
        }
        String japanese = "1.footer=日本";
        byte[] jis = Rewriting.of(japanese)
                .apply((type("text/plain; charset=iso-2022-jp", "7bit") + "\r\nx\r\n").getBytes(UTF_8));
        assertThat(new String(jis, Charset.forName("iso-2022-jp"))).endsWith("\r\n\r\nx\r\n\r\n日本\r\n");
    }

    @Test
    void aPartThatDeclaresNoEncodingBecomesQuotedPrintable() throws Exception {
        assertThat(apply(UMLAUT, type("text/plain; charset=utf-8", "") + "\r\n1 = 1\r\n"))
                .isEqualTo("Content-Transfer-Encoding: quoted-printable\r\n" + type("text/plain; charset=utf-8", "")
                        + "\r\n1 =3D 1\r\n\r\nContoso, Stra=C3=9Fe 1\r\n");
        assertThat(apply(UMLAUT, type("text/plain; charset=utf-8", "7bit") + "X: y\r\n\r\nx\r\n"))
                .isEqualTo(type("text/plain; charset=utf-8", "quoted-printable")
                        + "X: y\r\n\r\nx\r\n\r\nContoso, Stra=C3=9Fe 1\r\n");
        assertThat(apply(ASCII, type("text/plain; charset=utf-8", "7bit") + "\r\nx\r\n"))
                .isEqualTo(type("text/plain; charset=utf-8", "7bit") + "\r\nx\r\n\r\nContoso Ltd\r\n");
    }

    @Test
    void inQuotedPrintable() throws Exception {
        String header = type("text/plain; charset=utf-8", "quoted-printable") + "\r\n";
        assertThat(apply(UMLAUT, header + "gr=C3=BCn\r\n"))
                .isEqualTo(header + "gr=C3=BCn\r\n\r\nContoso, Stra=C3=9Fe 1\r\n");
        assertThat(apply(ASCII, header + "soft=\r\n")).isEqualTo(header + "soft=\r\n\r\n\r\nContoso Ltd\r\n");
        assertThat(apply(ASCII, header + "soft=")).isEqualTo(header + "soft=\r\n\r\n\r\nContoso Ltd");
        assertThat(apply(ASCII, header + "none")).isEqualTo(header + "none\r\n\r\nContoso Ltd");
    }

    @Test
    void inBase64() throws Exception {
        for (String text : new String[] {"a", "ab", "abc", "größer\r\n", "x".repeat(500)}) {
            String header = type("text/plain; charset=utf-8", "BASE64") + "\r\n";
            String out = apply(UMLAUT, header + Base64.getMimeEncoder().encodeToString(text.getBytes(UTF_8)) + "\r\n");
            assertThat(out).startsWith(header).endsWith("\r\n");
            assertThat(new String(Base64.getMimeDecoder().decode(out.substring(header.length())), UTF_8))
                    .isEqualTo(text + (text.endsWith("\n") ? "\r\n" : "\r\n\r\n") + "Contoso, Straße 1"
                            + (text.endsWith("\n") ? "\r\n" : ""));
        }
        String malformed = type("text/plain; charset=utf-8", "base64") + "\r\nA\r\n";
        assertThat(apply(ASCII, malformed)).isEqualTo(malformed);
    }

    @Test
    void inHtmlBeforeTheBodyEnds() throws Exception {
        String header = type("text/html; charset=us-ascii", "7bit") + "\r\n";
        assertThat(apply(UMLAUT, header + "<body>x</BODY></html>\r\n"))
                .isEqualTo(header + "<body>x<p>Contoso, Stra&#223;e 1</p>\r\n</BODY></html>\r\n");
        assertThat(apply("1.footer=a < b & c", header + "x</html>\r\n"))
                .isEqualTo(header + "x<p>a &lt; b &amp; c</p>\r\n</html>\r\n");
        assertThat(apply("1.footer=x\n1.footer-html=<b>Straße</b>", header + "x"))
                .isEqualTo(header + "x\r\n\r\n<b>Stra&#223;e</b>");
        String qp = type("text/html; charset=utf-8", "quoted-printable") + "\r\n";
        assertThat(apply(ASCII, qp + "<p style=3D\"x\">y</p></bo=\r\ndy>=\r\n</html>"))
                .isEqualTo(qp + "<p style=3D\"x\">y</p>=\r\n<p>Contoso Ltd</p>=\r\n</bo=\r\ndy>=\r\n</html>");
        String b64 = type("text/html; charset=utf-8", "base64") + "\r\n";
        String out = apply(ASCII, b64 + Base64.getEncoder().encodeToString("<body>x</body>".getBytes(UTF_8)));
        assertThat(new String(Base64.getMimeDecoder().decode(out.substring(b64.length())), UTF_8))
                .isEqualTo("<body>x<p>Contoso Ltd</p>\r\n</body>");
    }

    private static final String MIXED =
            """
            Content-Type: multipart/mixed; boundary="m"

            preamble
            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8

            plain%s
            --a
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: text/html; charset=utf-8

            <p>html</p>%s
            --r
            Content-Type: text/plain
            Content-ID: <1>

            related
            --r--
            --a
            Content-Type: text/calendar

            BEGIN:VCALENDAR
            --a--

            --m
            Content-Type: text/plain
            Content-Disposition: attachment; filename=a.txt

            attached
            --m
            Content-Type: text/plain

            second text
            --m--
            """
                    .replace("\n", "\r\n");

    @Test
    void inBothTextsOfAnAlternativeAndNowhereElse() throws Exception {
        assertThat(apply(ASCII, MIXED.formatted("", "")))
                .isEqualTo(MIXED.formatted("\r\n\r\nContoso Ltd", "\r\n\r\n<p>Contoso Ltd</p>"));
        assertThat(apply(ASCII + "\n2.footer=Two", MIXED.formatted("", "")))
                .isEqualTo(MIXED.formatted(
                        "\r\n\r\nContoso Ltd\r\n\r\nTwo", "\r\n\r\n<p>Contoso Ltd</p>\r\n\r\n<p>Two</p>"));
    }

    @Test
    void aPartsOwnHeaderNamesTheNewEncoding() throws Exception {
        String out = apply(UMLAUT, MIXED.formatted("", ""));
        assertThat(out)
                .contains("--a\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain;"
                        + " charset=utf-8\r\n\r\nplain\r\n\r\nContoso, Stra=C3=9Fe 1\r\n--a\r\n");
    }

    @Test
    void notInAttachmentsReportsAndForwardedMessages() throws Exception {
        for (String first : new String[] {
            "Content-Type: application/pdf",
            "Content-Type: text/plain\r\nContent-Disposition: attachment",
            "Content-Type: message/rfc822",
            "Content-Type: text/csv"
        }) {
            String message = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + first
                    + "\r\n\r\nSubject: x\r\n\r\nbody\r\n--m\r\nContent-Type: text/plain\r\n\r\nt\r\n--m--\r\n";
            assertThat(apply(ASCII, message)).as(first).isEqualTo(message);
        }
        String report = "Content-Type: multipart/report; boundary=m\r\n\r\n--m\r\n\r\ntext\r\n--m--\r\n";
        assertThat(apply(ASCII, report)).isEqualTo(report);
        String attachment = "Content-Type: text/plain\r\nContent-Disposition: ATTACHMENT\r\n\r\ntext\r\n";
        assertThat(apply(ASCII, attachment)).isEqualTo(attachment);
    }

    @Test
    void brokenStructuresStayAsTheyAre() throws Exception {
        for (String message : new String[] {
            "Content-Type: multipart/mixed\r\n\r\n--m\r\n\r\ntext\r\n",
            "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\ntext\r\n",
            "Content-Type: multipart/mixed; boundary=m\r\n\r\nno part\r\n",
            "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m--\r\n",
            "Content-Type: text/plain; charset=\"\r\n\r\ntext\r\n",
            "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\ntext\r\n",
            "Content-Type: ;;;\r\n\r\ntext\r\n",
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\ntext\r\n",
            "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain; charset=utf-16\r\n\r\nt\r\n--m--\r\n"
        }) {
            assertThat(apply(ASCII, message)).isEqualTo(message);
        }
        String cut = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\ntext\r\n";
        assertThat(apply(ASCII, cut)).isEqualTo(cut + "\r\nContoso Ltd\r\n");
        String deep = "--m\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n".repeat(5000);
        assertThat(apply(ASCII, "Content-Type: multipart/mixed; boundary=m\r\n\r\n" + deep))
                .isNotEmpty();
    }

    @Test
    void signedOrEncryptedTextIsFoundWhereverItIs() throws Exception {
        String pgp = "-----BEGIN PGP SIGNED MESSAGE-----\r\nx\r\n";
        for (String message : new String[] {
            "Subject: s\r\n\r\nhello\r\n" + pgp,
            type("text/plain", "base64") + "\r\n"
                    + Base64.getMimeEncoder().encodeToString(("a".repeat(40_000) + pgp).getBytes(UTF_8)),
            type("text/plain", "quoted-printable") + "\r\n=2D----BEGIN=20PGP SIG=\r\nNED MESSAGE-----\r\n",
            MIXED.formatted("", "<pre>" + pgp + "</pre>"),
            MIXED.replace("multipart/related", "multipart/signed"),
            "Content-Type: multipart/signed; boundary=m\r\n\r\n--m\r\n\r\nx\r\n--m--\r\n",
            "DKIM-Signature: v=1\r\n\r\nx\r\n"
        }) {
            String out = apply(ASCII + "\n1.subject-prefix=[X]\n1.default-from=x@contoso.com", message);
            assertThat(out)
                    .startsWith("X-M365-Rewrite: skipped; rule=1; signed (")
                    .endsWith(message);
        }
    }

    /** Each part is looked at once, wherever it stands: looked up anew, these would take hours. */
    @Test
    @Timeout(60)
    void manyPartsTakeLinearTime() throws Exception {
        String parts = "--a\r\nContent-Type: image/png\r\n\r\nx\r\n".repeat(200_000);
        String message =
                "Content-Type: multipart/alternative; boundary=a\r\n\r\n" + parts + "--a\r\n\r\ntext%s\r\n--a--\r\n";
        assertThat(apply(ASCII, message.formatted("")).equals(message.formatted("\r\n\r\nContoso Ltd")))
                .isTrue();
    }

    /** More than an array can hold, and more than the heap: only a few kilobytes of it are ever held. */
    @Test
    void aHugeMessageIsNotHeld() throws Exception {
        long attachment = 3L << 30;
        byte[] head = MIXED.substring(0, MIXED.indexOf("second text"))
                .formatted("", "")
                .getBytes(UTF_8);
        var huge = new MailContent() {
            @Override
            public long size() {
                return head.length + attachment;
            }

            @Override
            public void writeTo(OutputStream out) {
                throw new UnsupportedOperationException("not needed");
            }

            @Override
            public InputStream open() {
                return new SequenceInputStream(new ByteArrayInputStream(head), new Zeros(attachment));
            }
        };
        MailContent out = Rewriting.of(ASCII + "\n1.subject-prefix=[X]").apply(huge);
        long added = "Subject: [X]\r\n\r\n\r\nContoso Ltd\r\n\r\n<p>Contoso Ltd</p>".length();
        assertThat(out.size()).isEqualTo(huge.size() + added);
        long read = 0;
        try (InputStream in = out.open()) {
            byte[] chunk = new byte[1 << 20];
            int n;
            while ((n = in.read(chunk)) >= 0) {
                read += n;
            }
        }
        assertThat(read).isEqualTo(out.size());
        String large = "Subject: s\r\n\r\n" + "line\r\n".repeat(1 << 20);
        assertThat(apply(ASCII, large)).isEqualTo(large + "\r\nContoso Ltd\r\n");
        String tooLarge = type("text/plain; charset=utf-8", "") + "\r\n" + "line\r\n".repeat(1 << 20);
        assertThat(apply(UMLAUT, tooLarge)).isEqualTo(tooLarge);
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] b, int off, int len) {
            int n = (int) Math.min(len, left);
            left -= n;
            return n == 0 ? -1 : n;
        }
    }
}
