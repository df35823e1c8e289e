package io.m365mail.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules make of header fields, byte for byte. */
class HeaderRulesTest {
    private static final String BODY = "\r\nFrom: body\r\n.\r\n";

    private static String apply(String rules, String header) throws Exception {
        String out = Rewriting.of(rules).apply(header + BODY);
        assertThat(out).endsWith(BODY);
        return out.substring(0, out.length() - BODY.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root",
                "scanner@localhost",
                "<>",
                "",
                "Scanner",
                "s@printer7",
                "s@[10.1.2.3]",
                "s@10.1.2.3",
                "s@office.local",
                "s@x.home.arpa",
                "s@x.example",
                "a..b@contoso.com",
                "büro@contoso.com",
                "@contoso.com"
            })
    void anImpossibleSenderIsReplaced(String impossible) throws Exception {
        Rewriting rules = Rewriting.of("1.default-from=scanner@contoso.com");
        assertThat(rules.rules()
                        .matching("smtp", null, impossible)
                        .sender(impossible)
                        .address())
                .isEqualTo("scanner@contoso.com");
        assertThat(apply("1.default-from=scanner@contoso.com", "To: x\r\nFrom: " + impossible + "\r\nSubject: y\r\n"))
                .startsWith("To: x\r\nFrom: ")
                .endsWith("<scanner@contoso.com>\r\nSubject: y\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@fabrikam.com", "x@contoso.com", "\"a b\"@fabrikam.co.uk"})
    void aPossibleSenderStays(String sender) throws Exception {
        Rewriting rules = Rewriting.of("1.default-from=scanner@contoso.com");
        assertThat(rules.rules().matching("smtp", null, sender).sender(sender).address())
                .isEqualTo(sender);
        String header = "From:  Joe\r\n <" + sender + ">\r\nSubject: y \r\n";
        assertThat(apply("1.default-from=scanner@contoso.com", header)).isEqualTo(header);
    }

    @Test
    void aDomainOfTheTenantIsAlwaysPossible() {
        var impossible = new ImpossibleSender("contoso.local"::equals);
        assertThat(impossible.is("a@contoso.local")).isFalse();
        assertThat(impossible.is("a@fabrikam.local")).isTrue();
    }

    @Test
    void theNameOfAnImpossibleSenderIsKept() throws Exception {
        String rule = "1.default-from=scanner@contoso.com";
        assertThat(apply(rule, "From: \"Scanner, 3rd\" <s@localhost>\r\n"))
                .isEqualTo("From: \"Scanner, 3rd\" <scanner@contoso.com>\r\n");
        assertThat(apply(rule, "from: root (Cron Daemon)\r\nFrom: b@localhost\r\n"))
                .isEqualTo("From: \"Cron Daemon\" <scanner@contoso.com>\r\n");
        assertThat(apply(rule, "Subject: x\r\n")).isEqualTo("From: <scanner@contoso.com>\r\nSubject: x\r\n");
    }

    @Test
    void aForcedSenderLeavesTheAuthorInReplyTo() throws Exception {
        String rule = "1.force-from=erp@contoso.com";
        assertThat(apply(rule, "From: Joe <joe@fabrikam.com>\r\nSender: x@y.com\r\nSubject: s\r\n"))
                .isEqualTo("From: \"Joe\" <erp@contoso.com>\r\nReply-To: Joe <joe@fabrikam.com>\r\nSubject: s\r\n");
        assertThat(apply(rule + "\n1.reply-to=desk@contoso.com", "From: Joe <joe@fabrikam.com>\r\n"))
                .isEqualTo("From: \"Joe\" <erp@contoso.com>\r\nReply-To: <desk@contoso.com>\r\n");
    }

    @Test
    void aMapKeepsNamesAndWhatItDoesNotHave() throws Exception {
        String rule = "1.map-from=*@old.local = *@contoso.com, boss@old.local = ceo@contoso.com";
        assertThat(apply(
                        rule,
                        "From: Joe <Joe@OLD.local>, Ann <ann@fabrikam.com>\r\nTo: joe@old.local\r\n"
                                + "Reply-To: boss@old.local\r\nSender:  x@y.com\r\n"))
                .isEqualTo("From: \"Joe\" <Joe@contoso.com>, \"Ann\" <ann@fabrikam.com>\r\nTo: joe@old.local\r\n"
                        + "Reply-To: <ceo@contoso.com>\r\nSender:  x@y.com\r\n");
    }

    @Test
    void fieldsAreAddedSetAndRemoved() throws Exception {
        assertThat(
                        apply(
                                "1.add-header.X-A=new\n1.set-header.X-B=größer\n1.remove-headers=X-Mailer, X-Foo-*",
                                "x-a: old\r\nX-B: 1\r\nSubject: s\r\nX-B: 2\r\nX-Foo-Bar: 3\r\n folded\r\nx-mailer: m\r\nX-Foo: 4\r\n"))
                .isEqualTo("x-a: old\r\nX-B: =?UTF-8?Q?gr=C3=B6=C3=9Fer?=\r\nSubject: s\r\nX-Foo: 4\r\n");
        assertThat(apply("1.add-header.X-A=new", "Subject: s\r\n")).isEqualTo("X-A: new\r\nSubject: s\r\n");
        String folded = apply("1.set-header.X-Long=" + "word ".repeat(60).strip(), "Subject: s\r\n");
        assertThat(folded.lines()).allMatch(line -> line.length() <= 78);
        assertThat(HeaderBlock.parse(MailContent.of(folded.getBytes(StandardCharsets.UTF_8)))
                        .first("X-Long")
                        .orElseThrow()
                        .unfolded())
                .isEqualTo("word ".repeat(60).strip());
    }

    @Test
    void aStarTakesNoProtectedField() throws Exception {
        String kept = "X-M365-Id: 1\r\nX-MS-Exchange-Loop: 1\r\nReceived: x\r\nDate: d\r\nMIME-Version: 1.0\r\n";
        assertThat(apply("1.remove-headers=X-*, R*, D*, M*", kept + "X-Mailer: m\r\nReferences: r\r\n"))
                .isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({
        "'Subject: hello', 'Subject: [Scan] hello'",
        "'SUBJECT:hello', 'SUBJECT: [Scan] hello'",
        "'Subject: [scan] hello', 'Subject: [scan] hello'",
        "'Subject: Re: [Scan] hello', 'Subject: Re: [Scan] hello'",
        "'Subject: AW: Re[2]: Fwd: [Scan] hello', 'Subject: AW: Re[2]: Fwd: [Scan] hello'",
        "'Subject: Re: hello [Scan]', 'Subject: [Scan] Re: hello [Scan]'",
        "'Subject: =?utf-8?q?=5BScan=5D_x?=', 'Subject: =?utf-8?q?=5BScan=5D_x?='",
        "'Subject: =?utf-8?q?B=C3=BCro?=', 'Subject: [Scan] =?utf-8?q?B=C3=BCro?='",
        "'Subject:', 'Subject: [Scan] '",
        "'X: y', 'Subject: [Scan]~X: y'",
        "'Subject:~ folded~ twice', 'Subject: [Scan]~ folded~ twice'"
    })
    void aPrefixComesOnce(String before, String after) throws Exception {
        String expected = after.replace("~", "\r\n") + "\r\n";
        String once = apply("1.subject-prefix=[Scan]", before.replace("~", "\r\n") + "\r\n");
        assertThat(once).isEqualTo(expected);
        assertThat(apply("1.subject-prefix=[Scan]", once)).isEqualTo(once);
    }

    @Test
    void aPrefixOutsideAsciiKeepsItsBlank() throws Exception {
        for (String subject :
                new String[] {"Subject: plain", "Subject: =?utf-8?q?B=C3=BCro?=", "Subject:\r\n =?utf-8?q?B?="}) {
            String out = apply("1.subject-prefix=[Büro]", subject + "\r\n");
            HeaderBlock h = HeaderBlock.parse(MailContent.of(out.getBytes(StandardCharsets.UTF_8)));
            assertThat(h.first("Subject").orElseThrow().decoded()).matches("\\[Büro\\] (plain|Büro|B)");
            assertThat(apply("1.subject-prefix=[Büro]", out)).isEqualTo(out);
        }
    }

    @Test
    void aLongSubjectIsFoldedBehindThePrefix() throws Exception {
        String subject = "word ".repeat(14).strip();
        assertThat(apply("1.subject-prefix=[Scan]", "Subject: " + subject + "\r\n"))
                .isEqualTo("Subject: [Scan]\r\n " + subject + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "From: John @ Acme <j@x.com>|From: \"John @ Acme\" <j@x.com>",
                "From: Müller, Hans <h@x.com>|From: =?UTF-8?B?TcO8bGxlciwgSGFucw==?= <h@x.com>",
                "From: j@x.com <j@x.com>|From: \"j@x.com\" <j@x.com>",
                "From: Dept: IT <j@x.com>|From: \"IT\" <j@x.com>",
                "From: Scanner <3> <j@x.com>|From: \"Scanner 3\" <j@x.com>",
                "From: John j@x.com|From: \"John\" <j@x.com>",
                "From: \"John\" <j@x.com>|From: \"John\" <j@x.com>",
                "From: j@x.com|From: j@x.com",
                "From: j@x.com, k@x.com|From: j@x.com, k@x.com",
                "From: John (a, b) <j@x.com>|From: John (a, b) <j@x.com>",
                "From: =?utf-8?q?J?= <j@x.com>|From: =?utf-8?q?J?= <j@x.com>",
                "From: nobody|From: nobody"
            })
    void namesGetTheirQuotes(String before, String after) throws Exception {
        assertThat(apply("1.repair=names", before + "\r\n")).isEqualTo(after + "\r\n");
        assertThat(apply("1.repair=names", after + "\r\n")).isEqualTo(after + "\r\n");
    }

    @Test
    void eightBitHeadersBecomeEncodedWords() throws Exception {
        assertThat(apply(
                        "1.repair=8bit",
                        "From: Büro <b@x.com>\r\nSubject: Straße\r\nX-Other: ß\r\nTo: Ännchen <a@x.com>, b@x.com\r\n"))
                .isEqualTo("From: =?UTF-8?B?QsO8cm8=?= <b@x.com>\r\nSubject: =?UTF-8?Q?Stra=C3=9Fe?=\r\nX-Other: ß\r\n"
                        + "To: =?UTF-8?B?w4RubmNoZW4=?= <a@x.com>, <b@x.com>\r\n");
        byte[] latin =
                Rewriting.of("1.repair=8bit").apply("Subject: Straße\r\n\r\nß".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(new String(latin, StandardCharsets.ISO_8859_1))
                .isEqualTo("Subject: =?UTF-8?Q?Stra=C3=9Fe?=\r\n\r\nß");
    }

    @Test
    void everyMatchingRuleIsAppliedInTheOrderOfTheNumbers() throws Exception {
        assertThat(apply(
                        "10.subject-prefix=[B]\n2.subject-prefix=[A]\n3.from=other@contoso.com\n3.subject-prefix=[C]\n"
                                + "4.to=*@fabrikam.com\n4.subject-prefix=[D]\n5.source=jms\n5.subject-prefix=[E]\n"
                                + "6.network=10.21.0.0/16\n6.subject-prefix=[F]\n7.network=10.20.0.0/16\n7.set-header.X-N=7",
                        "Subject: s\r\n"))
                .isEqualTo("X-N: 7\r\nSubject: [B] [A] s\r\n");
    }

    @Test
    void conditionsSeeWhatWasHandedInAndRecipientsAfterAliases() throws Exception {
        Rewriting rules = Rewriting.of("1.aliases=anna = anna@fabrikam.com\n1.force-from=x@contoso.com\n"
                + "2.from=x@contoso.com\n2.set-header.X-Two=no\n3.to=*@fabrikam.com\n3.set-header.X-Three=yes");
        var out = rules.apply(Rewriting.submission(
                "app@contoso.com", "bob@contoso.com,anna", MailContent.of("A: b\r\n\r\n".getBytes())));
        assertThat(new String(out.content().toBytes())).contains("X-Three: yes").doesNotContain("X-Two");
        assertThat(out.envelope().from()).isEqualTo("x@contoso.com");
        assertThat(out.envelope().recipients())
                .extracting(io.m365mail.mail.Recipient::address)
                .containsExactly("bob@contoso.com", "anna@fabrikam.com");
    }

    @Test
    void withoutARuleThatMatchesNothingIsRead() throws Exception {
        var unreadable = new MailContent() {
            @Override
            public long size() {
                return 1;
            }

            @Override
            public void writeTo(java.io.OutputStream out) {
                throw new AssertionError("read");
            }

            @Override
            public java.io.InputStream open() {
                throw new AssertionError("read");
            }
        };
        assertThat(Rewriting.of("").apply((MailContent) unreadable)).isSameAs(unreadable);
        assertThat(Rewriting.of("1.source=jms\n1.footer=x").apply((MailContent) unreadable))
                .isSameAs(unreadable);
        assertThat(Rewriting.of("1.aliases=a = b@contoso.com").apply((MailContent) unreadable))
                .isSameAs(unreadable);
    }
}
