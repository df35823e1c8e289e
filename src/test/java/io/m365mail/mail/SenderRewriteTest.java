package io.m365mail.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.SenderRewrite.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenderRewriteTest {
    private static final String BODY = "\r\nFrom: body\r\n\r\n";

    private static SenderRewrite.Result rewrite(String header) throws Exception {
        return SenderRewrite.rewrite(MailContent.of((header + BODY).getBytes(UTF_8)), "alerts@contoso.com");
    }

    private static String rewritten(String header) throws Exception {
        SenderRewrite.Result r = rewrite(header);
        assertThat(r.status()).isEqualTo(Status.REWRITTEN);
        String out = new String(r.content().toBytes(), UTF_8);
        assertThat(out).endsWith(BODY);
        return out.substring(0, out.length() - BODY.length());
    }

    @Test
    void theMailboxBecomesTheAuthorAndTheAuthorGetsTheReplies() throws Exception {
        assertThat(rewritten("To: x\r\nFROM:  Scanner 3\r\n\t<s3@dev.local>\r\nSubject: y \r\n"))
                .isEqualTo(
                        "To: x\r\nFrom: \"Scanner 3\" <alerts@contoso.com>\r\nReply-To:  Scanner 3\r\n\t<s3@dev.local>\r\n"
                                + "Subject: y \r\n");
    }

    @Test
    void aReplyToStaysAndSenderGoes() throws Exception {
        assertThat(rewritten("From: s3@dev.local\r\nSender: s4@dev.local\r\nreply-to: r@x\r\n"))
                .isEqualTo("From: \"s3\" <alerts@contoso.com>\r\nreply-to: r@x\r\n");
        assertThat(rewritten("From: Alerts <Alerts@contoso.com>\r\nSender: s4@dev.local\r\n"))
                .isEqualTo("From: Alerts <Alerts@contoso.com>\r\n");
    }

    @Test
    void severalAuthorsBecomeOneAndNoneIsMade() throws Exception {
        assertThat(rewritten("From: a@x, b@x\r\nTo: t\r\nFrom: c@x\r\n"))
                .isEqualTo("From: \"a\" <alerts@contoso.com>\r\nReply-To: a@x, b@x\r\nTo: t\r\n");
        assertThat(rewritten("To: t\r\n")).isEqualTo("From: <alerts@contoso.com>\r\nTo: t\r\n");
    }

    @Test
    void displayNamesCannotBreakOut() throws Exception {
        String out = rewritten("From: =?utf-8?Q?a=0D=0ABcc:_x=22\\_<y@z>?= <s@dev.local>\r\nReply-To: r@x\r\n");
        HeaderBlock h = HeaderBlock.parse(MailContent.of(out.getBytes(UTF_8)));
        assertThat(h.fields()).extracting(HeaderField::name).containsExactly("From", "Reply-To");
        assertThat(h.addresses("from")).extracting(MailAddress::address).containsExactly("alerts@contoso.com");
        String japanese = rewritten("From: 日本".repeat(1) + "語".repeat(198) + " <s@dev.local>\r\nReply-To: r@x\r\n");
        assertThat(japanese.lines()).allMatch(l -> l.length() < 998 && Addresses.isAscii(l));
        HeaderBlock j = HeaderBlock.parse(MailContent.of(japanese.getBytes(UTF_8)));
        assertThat(j.addresses("from")).singleElement().satisfies(a -> {
            assertThat(a.display()).isEqualTo("日本" + "語".repeat(198));
            assertThat(a.address()).isEqualTo("alerts@contoso.com");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"",
                "content-type:\r\n\tMultipart/Signed;micalg=x",
                "Content-Type: (a;b) application (c) / x-pkcs7-mime",
                "Content-Type: application/pkcs7-mime",
                "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"",
                "DKIM-Signature: v=1"
            })
    void signedMailIsNeverAltered(String field) throws Exception {
        SenderRewrite.Result r = rewrite("From: s3@dev.local\r\n" + field + "\r\n");
        assertThat(r.status()).isEqualTo(Status.SKIPPED_SIGNED);
        assertThat(r.detail()).startsWith("skipped: signed");
        assertThat(new String(r.content().toBytes(), UTF_8))
                .isEqualTo("From: s3@dev.local\r\n" + field + "\r\n" + BODY);
    }

    @Test
    void theMailboxItselfIsLeftAlone() throws Exception {
        SenderRewrite.Result r = rewrite("From: Alerts <ALERTS@contoso.com>\r\nSender: alerts@contoso.com\r\n");
        assertThat(r.status()).isEqualTo(Status.UNCHANGED);
    }
}
