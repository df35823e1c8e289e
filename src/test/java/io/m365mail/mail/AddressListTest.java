package io.m365mail.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressListTest {
    /** Each entry as {@code display|address}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            quoteCharacter = '`',
            value = {
                "joe@example.com § null|joe@example.com",
                "<joe@example.com> § null|joe@example.com",
                "Joe Q. Public <joe@example.com> § Joe Q. Public|joe@example.com",
                "\"Public, Joe\" <joe@example.com>, ann@example.com § Public, Joe|joe@example.com null|ann@example.com",
                "\"a \\\"b\\\" c\" <x@y.z> § a \"b\" c|x@y.z",
                "joe@example.com (Joe Public) § Joe Public|joe@example.com",
                "joe (a (nested) one) @ example . com § a (nested) one|joe@example.com",
                "Joe <joe @ example . com> § Joe|joe@example.com",
                "Friends: a@b.c, Bee <b@b.c>;, d@e.f § null|a@b.c Bee|b@b.c null|d@e.f",
                "undisclosed-recipients:; § ``",
                "`a@b.c; d@e.f` § null|a@b.c null|d@e.f",
                "Joe joe@example.com § Joe|joe@example.com",
                "a@b.c d@e.f § null|a@b.c null|d@e.f",
                "<a@b.c> <d@e.f> § null|a@b.c null|d@e.f",
                "Joe <joe@example.com § Joe|joe@example.com",
                "\"Joe <joe@example.com> § Joe|joe@example.com",
                "<@r1,@r2:joe@example.com>, x@y § null|joe@example.com null|x@y",
                "<@r1:joe@example.com> § null|joe@example.com",
                "\"odd local\"@example.com § null|\"odd local\"@example.com",
                "<\"a,b>c\"@example.com>, x@y § null|\"a,b>c\"@example.com null|x@y",
                "joe@[192.0.2.1], joe@[IPv6:2001:db8::1] § null|joe@[192.0.2.1] null|joe@[IPv6:2001:db8::1]",
                "<> § null|",
                "<a@b.c> NOTIFY=NEVER ORCPT=rfc822;a@b.c § NOTIFY=NEVER ORCPT=rfc822|a@b.c null|a@b.c",
                "postmaster § null|postmaster",
                "mailto:joe@example.com § null|joe@example.com",
                ",, ,; § ``",
                "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= <g@b.c> § Grüße|g@b.c",
                "\"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\" <j@b.c> § 日本|j@b.c",
                "=?utf-8?Q?a=40b.c=2C_x=40y?= <g@b.c> § a@b.c, x@y|g@b.c",
                "田中@例え.jp § null|田中@例え.jp",
            })
    void reads(String field, String expected) {
        String got = AddressList.parse(field).stream()
                .map(a -> a.display() + "|" + a.address())
                .reduce((a, b) -> a + " " + b)
                .orElse("");
        assertThat(got).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@b@c.d", "<a b@c.d>", "<a@b.c\r\nRCPT TO:<x@y>", "a\u0000@b.c", "<a@b.c>x@y"})
    void neverMakesAnOddAddressUsable(String field) {
        assertThat(AddressList.parse(field))
                .filteredOn(a -> Addresses.isValid(a.address()))
                .allSatisfy(a -> assertThat(a.address()).isIn("a@b.c", "x@y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "\"",
                "<",
                ">",
                "[",
                "]",
                "@",
                ".",
                ":",
                ",",
                "\\",
                "(\"",
                "<\"",
                "<@a,",
                "a@",
                "w ",
                "[a",
                "a:",
                "=?utf-8?q?",
                "=?",
                "\\\"",
                "(\\",
                "<a",
                "a@b:",
                "a b@c ",
                "\"a",
                "\t",
                "\0"
            })
    void takesLinearTime(String piece) {
        String hostile = piece.repeat(HeaderBlock.MAX_BYTES / piece.length());
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            AddressList.parse(hostile);
            AddressList.parse("x@y " + hostile);
            AddressList.parse("w ".repeat(60_000) + "@" + hostile);
        });
    }

    @Test
    void neverThrows() {
        long seed = System.nanoTime();
        System.out.println("AddressListTest seed " + seed);
        var random = new Random(seed);
        String alphabet = "ab@.,;:<>()[]\"\\ \t=?\r\n\0é";
        for (int i = 0; i < 50_000; i++) {
            String s = random.ints(random.nextInt(40), 0, alphabet.length())
                    .collect(StringBuilder::new, (b, c) -> b.append(alphabet.charAt(c)), StringBuilder::append)
                    .toString();
            assertThatCode(() -> AddressList.parse(s))
                    .as("seed %d: %s", seed, s)
                    .doesNotThrowAnyException();
        }
    }
}
