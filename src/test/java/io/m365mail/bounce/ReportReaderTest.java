package io.m365mail.bounce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Delivery reports as servers write them, and as nobody should. */
@Timeout(30)
class ReportReaderTest {
    private static HeaderBlock header(String mail) throws IOException {
        return HeaderBlock.parse(MailContent.of(mail.replace("\n", "\r\n").getBytes(UTF_8)));
    }

    private static DeliveryReport read(String mail) throws IOException {
        return ReportReader.read(header(mail));
    }

    private static final String EXCHANGE_ONLINE =
            """
            From: <postmaster@contoso.com>
            To: <orders@contoso.com>
            Subject: Undeliverable: Order
            Message-ID: <1f2@FR3P281MB1599.DEUP281.PROD.OUTLOOK.COM>
            In-Reply-To: <order-1@erp.contoso.com>
            References: <order-1@erp.contoso.com>
            Auto-Submitted: auto-replied
            X-MS-Exchange-Message-Is-Ndr:
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status;
            \tboundary="_6be2-4b_"

            --_6be2-4b_
            Content-Type: multipart/alternative; differences=Content-Type;
            \tboundary="_6be2-4b_inner"

            --_6be2-4b_inner
            Content-Type: text/plain; charset="us-ascii"
            Content-Transfer-Encoding: quoted-printable

            Delivery has failed to these recipients or groups:
            --_6be2-4b_inner
            Content-Type: message/delivery-status

            Final-Recipient: rfc822;decoy@fabrikam.com
            Action: failed
            --_6be2-4b_inner--

            --_6be2-4b_
            Content-Type: message/delivery-status

            Reporting-MTA: dns;FR3P281MB1599.DEUP281.PROD.OUTLOOK.COM
            Received-From-MTA: dns;relay.contoso.com
            Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000

            Original-Recipient: rfc822;gone@fabrikam.com
            Final-Recipient: rfc822;gone@fabrikam.com
            Action: failed
            Status: 5.1.10
            Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;
             Recipient gone@fabrikam.com not found by SMTP address lookup
            X-Display-Name: gone

            Final-Recipient: rfc822;slow@fabrikam.com
            Action: delayed (still trying)
            Status: 4.4.7
            --_6be2-4b_
            Content-Type: message/rfc822

            Received: from relay.contoso.com by x
            X-M365-Id: 1m815e9x5ycbx9a4xecydc
            X-M365-Id: 1moldoldoldoldoldoldol
            Message-ID: <order-1@erp.contoso.com>
            Content-Type: multipart/mixed; boundary="_6be2-4b_"

            body
            --_6be2-4b_--
            """;

    @Test
    void exchangeOnlinesOwn() throws Exception {
        assertThat(ReportReader.isReport(header(EXCHANGE_ONLINE))).isTrue();
        DeliveryReport report = read(EXCHANGE_ONLINE);
        assertThat(report.submissionIds()).containsExactly("1m815e9x5ycbx9a4xecydc", "1moldoldoldoldoldoldol");
        assertThat(report.messageIds()).contains("<order-1@erp.contoso.com>");
        assertThat(report.recipients()).hasSize(2);
        DeliveryReport.Told gone = report.failures().get(0);
        assertThat(report.failures()).hasSize(1);
        assertThat(gone.addresses()).containsExactly("gone@fabrikam.com");
        assertThat(gone.status()).isEqualTo("5.1.10");
        assertThat(gone.reply())
                .isEqualTo("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient gone@fabrikam.com not found by SMTP"
                        + " address lookup");
        assertThat(report.recipients().get(1).action()).isEqualTo("delayed");
    }

    @Test
    void theReturnedHeaderAlone() throws Exception {
        Path file = Path.of("src/test/resources/mime/dsn-report.eml");
        DeliveryReport report = read(Files.readString(file, ISO_8859_1).replace("\r\n", "\n"));
        assertThat(report.messageIds()).containsExactly("<orig.1@dev.contoso.com>");
        assertThat(report.failures()).singleElement().satisfies(t -> assertThat(t.addresses())
                .containsExactly("gone@example.net"));
    }

    @Test
    void addressesThatAreNotAscii() throws Exception {
        String status =
                "Reporting-MTA: dns; x\n\nFinal-Recipient: utf-8; jürgen@fabrikam.com\nAction: failed\nStatus: 5.1.1\n";
        DeliveryReport report = read("Content-Type: multipart/report; boundary=b\n\n--b\n"
                + "Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(status.getBytes(UTF_8)).replace("\r", "") + "\n--b--\n");
        assertThat(report.failures().get(0).addresses()).containsExactly("jürgen@fabrikam.com");
        assertThat(report.failures().get(0).reply()).isEqualTo("5.1.1");
    }

    @Test
    void whatIsNone() throws Exception {
        assertThat(ReportReader.isReport(header("Subject: x\n\nx"))).isFalse();
        assertThat(ReportReader.isReport(
                        header("Content-Type: multipart/report; report-type=disposition-notification\n\nx")))
                .isFalse();
        assertThat(ReportReader.isReport(header("Content-Type: ;;;\n\nx"))).isFalse();
        for (String body : new String[] {
            "",
            "--b\n",
            "--b\n\n--b--\n",
            "--b\nContent-Type: message/delivery-status\n\n",
            "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b\n",
            "--b\nContent-Type: message/delivery-status\n\nAction: failed\n",
            "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: x400; c=de\nAction: failed\n",
            "--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n****\n",
        }) {
            assertThat(read("Content-Type: multipart/report; boundary=b\n\n" + body))
                    .as(body)
                    .isNull();
        }
        assertThat(read("Content-Type: multipart/report\n\nx")).isNull();
    }

    @Test
    void nothingInItEndsALineOrIsOfAnyLength() throws Exception {
        DeliveryReport report =
                read("From: =?utf-8?q?a=0Ab=1B=5B31m?= <x@y>\nContent-Type: multipart/report; boundary=b\n\n--b\n"
                        + "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n"
                        + "Status: 5.1.1; DROP TABLE\nDiagnostic-Code: smtp; \u0000\u001b[31m\u2028x" + "y".repeat(9000)
                        + "\n--b\nContent-Type: message/rfc822\n\nX-M365-Id: " + "a".repeat(65)
                        + "\nX-M365-Id: a\tb\n\n--b--\n");
        DeliveryReport.Told told = report.failures().get(0);
        assertThat(told.reply()).doesNotContain("\u0000", "\u001b", "\u2028").hasSizeLessThan(510);
        assertThat(told.status()).isEqualTo("5.1.1");
        assertThat(report.from()).doesNotContain("\n", "\u001b");
        assertThat(report.submissionIds()).isEmpty();
    }

    @Test
    void aHostileOneCostsNeitherTimeNorHeap() throws Exception {
        String head = "Content-Type: multipart/report; boundary=b\n\n";
        String status = "--b\nContent-Type: message/delivery-status\n\n";
        for (String hostile : new String[] {
            head + "--b\n\n".repeat(400_000),
            head + status + "x\n\n".repeat(600_000),
            head + status + "Final-Recipient: rfc822; a@b\nAction: failed\n\n".repeat(40_000),
            head + status + "A: b\n".repeat(400_000),
            head + status + " \n".repeat(700_000),
            head + ("--b\nContent-Type: multipart/mixed; boundary=b\n\n").repeat(30_000),
            head + status + "Final-Recipient: rfc822; " + "<".repeat(2_000_000),
            "Content-Type: multipart/report; boundary=\"" + "b".repeat(3000) + "\"\n\n" + "--bbb\n".repeat(300_000),
        }) {
            HeaderBlock header = header(hostile);
            long start = System.nanoTime();
            DeliveryReport report = ReportReader.read(header);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            assertThat(report == null ? 0 : report.recipients().size()).isLessThanOrEqualTo(1000);
        }
    }

    @Test
    void noBytesMakeItFail() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] good = EXCHANGE_ONLINE.replace("\n", "\r\n").getBytes(UTF_8);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(12); n >= 0; n--) {
                int from = random.nextInt(bad.length);
                bad[random.nextInt(bad.length)] = random.nextBoolean() ? bad[from] : (byte) random.nextInt(256);
            }
            assertThatCode(() -> ReportReader.read(HeaderBlock.parse(MailContent.of(bad))))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aMessageIdWithControlCharactersIsNone() throws Exception {
        DeliveryReport report = read(EXCHANGE_ONLINE.replace(
                "References: <order-1@erp.contoso.com>",
                "References: <a\0b@x> <a\u0007b@x> <order-2@erp.contoso.com>"));
        assertThat(report.messageIds()).contains("<order-2@erp.contoso.com>").noneMatch(id -> id.contains("b@x"));
    }
}
