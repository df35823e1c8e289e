package io.m365mail.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnrichmentTest {
    private static final Instant NOW = Instant.parse("2026-11-22T07:00:01Z");
    private static final String FULL = "From: a@b.c\r\nDate: x\r\nMessage-ID: <1@b>\r\n";
    private final Enrichment enrichment = new Enrichment("relay.contoso.com");

    private static Submission submission(String message, String from, String receivedFrom) {
        return new Submission(
                "scanners",
                Envelope.of(from, List.of("x@y.z")),
                MailContent.of(message.getBytes(UTF_8)),
                4,
                null,
                receivedFrom,
                NOW);
    }

    private String enrich(String message) throws Exception {
        return enrich(message, "scanner@contoso.com", "printer7 ([10.1.2.3]) with ESMTPS");
    }

    private String enrich(String message, String from, String receivedFrom) throws Exception {
        Enrichment.Enriched e = enrichment.enrich(submission(message, from, receivedFrom), "id-1");
        assertThat(e.content().size()).isEqualTo(e.content().toBytes().length);
        assertThat(new String(e.content().toBytes(), UTF_8)).startsWith(new String(e.prefix(), UTF_8));
        return new String(e.content().toBytes(), UTF_8);
    }

    @Test
    void putsTraceFieldsInFrontOfUntouchedBytes() throws Exception {
        String message = FULL + "Subject:  x\t\r\n\r\n.body\r\n..\r\n";
        assertThat(enrich(message))
                .isEqualTo("Received: from printer7 ([10.1.2.3]) by relay.contoso.com (m365-mail-routes)\r\n"
                        + "\twith ESMTPS id id-1; Sun, 22 Nov 2026 07:00:01 +0000\r\n"
                        + "X-M365-Id: id-1\r\n" + message);
    }

    @Test
    void addsOnlyWhatIsMissing() throws Exception {
        assertThat(enrich("Subject: x\r\n\r\nb"))
                .contains("\r\nMessage-ID: <id-1@relay.contoso.com>\r\n")
                .contains("\r\nDate: Sun, 22 Nov 2026 07:00:01 +0000\r\n")
                .contains("\r\nFrom: <scanner@contoso.com>\r\nSubject: x\r\n\r\nb");
        assertThat(enrich("Subject: x\r\n\r\nb", "", null))
                .startsWith("Received: by relay.contoso.com ")
                .contains("\r\nFrom: <postmaster@relay.contoso.com>\r\n");
        assertThat(enrich("From: \r\nSubject: x\r\n\r\nb")).containsOnlyOnce("From:");
        assertThat(enrich("plain text")).endsWith("From: <scanner@contoso.com>\r\n\r\nplain text");
        assertThat(enrich("")).endsWith("From: <scanner@contoso.com>\r\n");
    }

    @Test
    void neverLeaksBccOrSteeringFields() throws Exception {
        String out = enrich(FULL + "bCC: secret@x\r\n , two@x\r\nRESENT-Bcc: three@x\r\nx-m365-send-AT: 2027\r\n"
                + "Cc: open@x\r\n\r\nBcc: body\r\n");
        assertThat(out)
                .endsWith(FULL + "Cc: open@x\r\n\r\nBcc: body\r\n")
                .doesNotContain("secret", "two@", "three@", "2027");
    }

    @Test
    void nothingAClientSaysBreaksOutOfTheTraceField() throws Exception {
        var hostile = new Enrichment("relay\r\nEvil: 1");
        String message = FULL + "\r\nb";
        for (String from : new String[] {
            "x\r\nEvil: 1",
            "x\nEvil: 1",
            "x\rEvil: 1",
            "x ((((",
            "x ))))",
            "x; Mon, 1 Jan 2001",
            "é\0\"\\",
            "w".repeat(5000),
            "a b ".repeat(2000),
            "",
            " ",
            "x with y\r\n\r\nbody with z"
        }) {
            byte[] prefix = hostile.enrich(submission(message, "a@b.c\r\nEvil: 2", from), "id\r\nEvil: 3")
                    .prefix();
            HeaderBlock h = HeaderBlock.parse(MailContent.of(prefix));
            assertThat(h.fields()).extracting(HeaderField::name).as(from).containsExactly("Received", "X-M365-Id");
            assertThat(new String(prefix, UTF_8).lines()).allMatch(l -> l.length() < 998);
            String received = h.first("received").orElseThrow().unfolded();
            assertThat(received).matches(".*;[ \t]Sun, 22 Nov 2026 07:00:01 \\+0000");
            assertThat(received.chars().filter(c -> c == ';')).hasSize(1);
            assertThat(received.chars().filter(c -> c == '(').count())
                    .isEqualTo(received.chars().filter(c -> c == ')').count());
        }
    }

    @Test
    void refusesLoops() throws Exception {
        String received = "Received: from a by b; x\r\n";
        assertThat(enrich(received.repeat(50) + FULL + "\r\n")).isNotNull();
        assertThatThrownBy(() -> enrich(received.repeat(51) + FULL + "\r\n"))
                .isInstanceOfSatisfying(RefusedMessageException.class, e -> assertThat(e.enhanced())
                        .isEqualTo("5.4.6"))
                .hasMessageContaining("51 Received fields, 50 are allowed");
        assertThat(enrich("x-m365-id: 1\r\n".repeat(3) + FULL + "\r\n")).isNotNull();
        assertThatThrownBy(() -> enrich("x-m365-id: 1\r\n".repeat(4) + FULL + "\r\n"))
                .hasMessageContaining("passed through relay.contoso.com 4 times");
    }

    @Test
    void countsItsOwnFieldsAgainstTheHeaderLimit() {
        String almost = FULL + "X: " + "a".repeat(HeaderBlock.MAX_BYTES - FULL.length() - 100) + "\r\n\r\nb";
        assertThatThrownBy(() -> enrich(almost)).isInstanceOf(RefusedMessageException.class);
    }

    @Test
    void reportsTheMessageIdAndDefects() throws Exception {
        Enrichment.Enriched e =
                enrichment.enrich(submission("\r\nmessage-id:\r\n <7@x>\r\n\r\n", "a@b.c", "x"), "id-1");
        assertThat(e.messageId()).isEqualTo("<7@x>");
        assertThat(e.defects()).containsExactly("blank lines before the header");
    }
}
