package io.m365mail.mail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeaderBlockTest {
    private static HeaderBlock parse(String message) throws Exception {
        return HeaderBlock.parse(MailContent.of(message.getBytes(ISO_8859_1)));
    }

    private static String text(MailContent content) throws Exception {
        byte[] bytes = content.toBytes();
        assertThat(content.size()).isEqualTo(bytes.length);
        assertThat(content.head(40)).isEqualTo(java.util.Arrays.copyOf(bytes, Math.min(40, bytes.length)));
        return new String(bytes, ISO_8859_1);
    }

    @Test
    void findsFieldsInAnyCaseAndKeepsTheirBytes() throws Exception {
        HeaderBlock h = parse("SUBJECT:  a\r\n\t b \r\nX-A: 1\r\nx-a:2\r\n\r\nbody");
        assertThat(h.first("Subject").orElseThrow().raw()).isEqualTo("  a\r\n\t b ");
        assertThat(h.first("subject").orElseThrow().unfolded()).isEqualTo("a\t b");
        assertThat(h.all("X-a")).extracting(HeaderField::unfolded).containsExactly("1", "2");
        assertThat(h.all("X-a")).extracting(HeaderField::name).containsExactly("X-A", "x-a");
        assertThat(h.bodyStart()).isEqualTo(h.content().size() - 4);
        assertThat(h.defects()).isEmpty();
        assertThat(h.has("To")).isFalse();
    }

    @Test
    void decodesEncodedWordsAndRawUtf8ForDisplayOnly() throws Exception {
        HeaderBlock h = HeaderBlock.parse(MailContent.of(("Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n"
                        + "X-U: Grüße\r\nX-Bad: =?no-such-charset?Q?a?=\r\nX-Ctl: =?utf-8?Q?a=0D=0AB:_c?=\r\n\r\n")
                .getBytes(UTF_8)));
        assertThat(h.first("subject").orElseThrow().decoded()).isEqualTo("日本");
        assertThat(h.first("x-u").orElseThrow().decoded()).isEqualTo("Grüße");
        assertThat(h.first("x-bad").orElseThrow().decoded()).isEqualTo("=?no-such-charset?Q?a?=");
        assertThat(h.first("x-ctl").orElseThrow().decoded()).doesNotContain("\r", "\n");
    }

    @Test
    void takesOutFieldsAndLeavesAllOtherBytes() throws Exception {
        HeaderBlock h = parse("To: a@b\r\nBCC: c@d,\r\n\te@f\r\nSubject: x \r\nbcc:g@h\r\n\r\nBcc: body\r\n");
        assertThat(text(h.without("Bcc"))).isEqualTo("To: a@b\r\nSubject: x \r\n\r\nBcc: body\r\n");
        assertThat(h.without("Cc")).isSameAs(h.content());
    }

    @Test
    void repairsWhatDevicesSendAndSaysSo() throws Exception {
        HeaderBlock leading = parse("\r\n \r\nSubject: x\r\n\r\nb");
        assertThat(leading.defects()).containsExactly("blank lines before the header");
        assertThat(text(leading.edit().prepend("A: 1\r\n".getBytes()).toContent()))
                .isEqualTo("A: 1\r\nSubject: x\r\n\r\nb");

        HeaderBlock mbox = parse("From joe@x Mon Jan  1 00:00:00 2026\r\nSubject: x\r\n\r\nb");
        assertThat(mbox.fields()).hasSize(1);
        assertThat(text(mbox.edit().toContent())).isEqualTo("Subject: x\r\n\r\nb");

        HeaderBlock noBlank = parse("Subject: x\r\nHello there\r\nmore: text\r\n\r\nend");
        assertThat(noBlank.fields()).hasSize(1);
        assertThat(noBlank.defects()).singleElement().asString().contains("no blank line", "Subject");
        assertThat(text(noBlank.edit().toContent()))
                .isEqualTo("Subject: x\r\n\r\nHello there\r\nmore: text\r\n\r\nend");

        HeaderBlock none = parse("just text\r\n");
        assertThat(none.fields()).isEmpty();
        assertThat(text(none.edit().prepend("A: 1\r\n".getBytes()).toContent())).isEqualTo("A: 1\r\n\r\njust text\r\n");

        HeaderBlock empty = parse("");
        assertThat(empty.defects()).containsExactly("the message is empty");
        assertThat(text(empty.edit().prepend("A: 1\r\n".getBytes()).toContent()))
                .isEqualTo("A: 1\r\n");

        HeaderBlock headerOnly = parse("Subject: x\r\nTo: y");
        assertThat(headerOnly.all("to")).extracting(HeaderField::unfolded).containsExactly("y");
        assertThat(text(headerOnly.edit().prepend("A: 1\r\n".getBytes()).toContent()))
                .isEqualTo("A: 1\r\nSubject: x\r\nTo: y");
    }

    @Test
    void saysWhatElseIsOdd() throws Exception {
        assertThat(parse("a: 1\nb: 2\n\nbody").defects()).containsExactly("bare LF line ends in the header");
        assertThat(parse("a: 1\nb: 2\n\nbody").fields()).hasSize(2);
        assertThat(parse("a: 1\rb\r\n\r\n").defects()).containsExactly("a bare CR in the header");
        assertThat(parse("a: \0\r\n\r\n").defects()).containsExactly("a NUL in the header");
        assertThat(parse("Sub : x\r\n\r\n").first("sub").orElseThrow().unfolded())
                .isEqualTo("x");
        assertThat(parse("a: 1\r\n \t\r\n b\r\n\r\n").defects()).containsExactly("a line of blanks only within a");
        assertThat(parse("no colon \u00e9 here: x\r\n").fields()).isEmpty();
    }

    @Test
    void refusesAHeaderAboveExchangesLimit() throws Exception {
        String limit = "X: " + "a".repeat(HeaderBlock.MAX_BYTES - 5) + "\r\n";
        assertThat(parse(limit + "\r\nbody").length()).isEqualTo(HeaderBlock.MAX_BYTES);
        assertThat(parse(limit).length()).isEqualTo(HeaderBlock.MAX_BYTES);
        for (String large : new String[] {
            "X" + limit + "\r\nbody",
            "X: " + "a".repeat(10_000_000) + "\r\n\r\n",
            "a:\r\n".repeat(100_000) + "\r\n",
            "x".repeat(3) + ":" + "\0".repeat(300_000),
            "\r\n".repeat(200_000) + "a: b\r\n\r\n"
        }) {
            assertThatThrownBy(() -> parse(large)).isInstanceOfSatisfying(RefusedMessageException.class, e -> {
                assertThat(e.code()).isEqualTo(552);
                assertThat(e.enhanced()).isEqualTo("5.3.4");
                assertThat(e).hasMessageContaining("Header size exceeds fixed maximum size");
            });
        }
        // A body of any size does not count.
        assertThat(parse("a: b\r\n\r\n" + "x".repeat(1_000_000)).length()).isEqualTo(6);
        assertThat(parse("a:\r\n".repeat(60_000) + "\r\n").fields()).hasSize(60_000);
    }

    @Test
    void aFileIsNotReadIntoTheHeap(@TempDir Path dir) throws Exception {
        byte[] body = new byte[3_000_000];
        new Random(1).nextBytes(body);
        Path file = dir.resolve("m.eml");
        var all = new ByteArrayOutputStream();
        all.writeBytes("Bcc: x@y\r\nTo: z@y\r\n\r\n".getBytes(UTF_8));
        all.writeBytes(body);
        Files.write(file, all.toByteArray());
        MailContent out = HeaderBlock.parse(MailContent.of(file)).without("bcc");
        var expected = new ByteArrayOutputStream();
        expected.writeBytes("To: z@y\r\n\r\n".getBytes(UTF_8));
        expected.writeBytes(body);
        assertThat(out.toBytes()).isEqualTo(expected.toByteArray());
        assertThat(out.size()).isEqualTo(expected.size());
        assertThat(HeaderBlock.parse(out).without("To").toBytes()).hasSize(body.length + 2);
    }

    /** Random fields, some of them to be taken out: what is left is the others' bytes, in order, and the body. */
    @Test
    void randomHeadersKeepEveryOtherByte() throws Exception {
        long seed = System.nanoTime();
        System.out.println("HeaderBlockTest seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var whole = new ByteArrayOutputStream();
            var kept = new ByteArrayOutputStream();
            int fields = 1 + random.nextInt(20);
            for (int i = 0; i < fields; i++) {
                boolean bcc = random.nextInt(4) == 0;
                String name = bcc ? (random.nextBoolean() ? "Bcc" : "bCC") : "X-" + (char) ('a' + random.nextInt(26));
                byte[] field =
                        (name + ":" + value(random) + (random.nextInt(10) == 0 ? "\n" : "\r\n")).getBytes(ISO_8859_1);
                whole.writeBytes(field);
                kept.writeBytes(bcc ? new byte[0] : field);
            }
            byte[] body = new byte[random.nextInt(5000)];
            random.nextBytes(body);
            for (ByteArrayOutputStream out : new ByteArrayOutputStream[] {whole, kept}) {
                out.writeBytes("\r\n".getBytes(ISO_8859_1));
                out.writeBytes(body);
            }
            HeaderBlock h = HeaderBlock.parse(MailContent.of(whole.toByteArray()));
            assertThat(h.fields()).as("seed %d round %d", seed, round).hasSize(fields);
            assertThat(h.without("BCC").toBytes())
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(kept.toByteArray());
        }
    }

    private static String value(Random random) {
        var out = new StringBuilder();
        for (int n = random.nextInt(60); n > 0; n--) {
            out.append(
                    random.nextInt(12) == 0
                            ? "\r\n\t"
                            : (char) (random.nextInt(4) == 0 ? ' ' : 33 + random.nextInt(223)));
        }
        return out.toString();
    }
}
