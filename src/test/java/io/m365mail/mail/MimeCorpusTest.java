package io.m365mail.mail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.MimeCorpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus is what its README says, and the intake's work on headers leaves its bytes alone. */
class MimeCorpusTest {
    private static final Set<String> ODD = Set.of("header-only");

    static List<MimeCorpus.Sample> samples() {
        return MimeCorpus.all();
    }

    @Test
    void isDescribedAndLarge() throws Exception {
        String readme = Files.readString(Path.of("src/test/resources/mime/README.md"));
        assertThat(samples()).hasSizeGreaterThanOrEqualTo(45);
        assertThat(samples()).allSatisfy(s -> assertThat(readme).contains("`" + s.name() + ".eml`"));
        assertThat(readme.lines().filter(l -> l.contains(".eml` |")).count())
                .isEqualTo(samples().size());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void hasCrlfLineEndsOnly(MimeCorpus.Sample sample) {
        String withoutCrlf = new String(sample.bytes(), ISO_8859_1).replace("\r\n", "");
        assertThat(withoutCrlf).doesNotContain("\r", "\n", "\0");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void goesThroughTheIntakeByteForByte(MimeCorpus.Sample sample) throws Exception {
        var submission = new Submission(
                "test",
                Envelope.of("scanner3@contoso.com", List.of("ann@contoso.com")),
                MailContent.of(sample.bytes()),
                4,
                null,
                "printer7 ([10.1.2.3]) with SMTP",
                Instant.EPOCH);
        Enrichment.Enriched out = new Enrichment("relay.contoso.com").enrich(submission, "id-1");
        byte[] expected = sample.name().equals("bcc-header")
                ? new String(sample.bytes(), ISO_8859_1)
                        .replaceAll("(?m)^Bcc: hidden.*\r\n\t.*\r\n|^bcc: second.*\r\n", "")
                        .getBytes(ISO_8859_1)
                : sample.bytes();
        String all = new String(out.prefix(), ISO_8859_1) + new String(expected, ISO_8859_1);
        assertThat(new String(out.content().toBytes(), ISO_8859_1)).isEqualTo(all);
        assertThat(out.defects().isEmpty()).isEqualTo(!ODD.contains(sample.name()));
        HeaderBlock header = HeaderBlock.parse(out.content());
        for (String name : List.of("From", "Date", "Message-ID", "Received", Enrichment.ID_HEADER)) {
            assertThat(header.has(name)).as(name).isTrue();
        }
        assertThat(header.all("From")).hasSize(1);
        assertThat(header.has("Bcc")).isFalse();
    }

    @Test
    void readsTheAddressesOfTheOddOne() throws Exception {
        HeaderBlock h = HeaderBlock.parse(MailContent.of(MimeCorpus.bytes("groups-and-odd-addresses")));
        assertThat(h.addresses("Cc"))
                .extracting(MailAddress::address)
                .containsExactly("ann@contoso.com", "bob@contoso.com", "carl@contoso.com");
        assertThat(h.addresses("Sender")).extracting(MailAddress::address).containsExactly("device@contoso.com");
        assertThat(h.addresses("To")).isEmpty();
        assertThat(h.addresses("From")).containsExactly(new MailAddress("Scanner, 3rd floor", "scanner3@contoso.com"));
    }

    @Test
    void japaneseIsReadable() throws Exception {
        HeaderBlock h = HeaderBlock.parse(MailContent.of(MimeCorpus.bytes("iso-2022-jp")));
        assertThat(h.first("Subject").orElseThrow().decoded()).isEqualTo("スキャナーからの送信");
        assertThat(h.addresses("From")).containsExactly(new MailAddress("複合機", "scanner3@contoso.com"));
    }

    @Test
    void signedSamplesAreKnownAsSigned() throws Exception {
        for (String name : List.of(
                "smime-signed", "smime-opaque", "smime-encrypted", "pgp-signed", "pgp-encrypted", "dkim-signed")) {
            SenderRewrite.Result r =
                    SenderRewrite.rewrite(MailContent.of(MimeCorpus.bytes(name)), "alerts@contoso.com");
            assertThat(r.status()).as(name).isEqualTo(SenderRewrite.Status.SKIPPED_SIGNED);
            assertThat(r.content().toBytes()).isEqualTo(MimeCorpus.bytes(name));
        }
    }
}
