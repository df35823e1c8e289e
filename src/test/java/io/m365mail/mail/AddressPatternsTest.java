package io.m365mail.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPatternsTest {
    @ParameterizedTest
    @CsvSource({
        "Hugo@Contoso.com,      hugo@contoso.COM,     true",
        "hugo@contoso.com,      xhugo@contoso.com,    false",
        "contoso.com,           a@contoso.com,        true",
        "@contoso.com,          a@contoso.com,        true",
        "*@contoso.com,         a@Contoso.com,        true",
        "*@contoso.com,         \"a@b\"@contoso.com,  true",
        "contoso.com,           a@sub.contoso.com,    false",
        "*.contoso.com,         a@sub.contoso.com,    true",
        "@*.contoso.com,        a@sub.contoso.com,    true",
        "printer-*@contoso.com, printer-7@contoso.com, true",
        "printer-*@contoso.com, scanner@contoso.com,  false",
        "*,                     a@contoso.com,        true",
        "*,                     '',                   true",
        "contoso.com,           '',                   false",
        "contoso.com,           contoso.com,          false",
    })
    void aPatternMatches(String pattern, String address, boolean expected) {
        assertThat(AddressPatterns.of(List.of("x@y.example", pattern)).matches(address))
                .isEqualTo(expected);
    }

    @Test
    void anEmptyListMatchesNothing() {
        assertThat(AddressPatterns.of(List.of()).matches("a@contoso.com")).isFalse();
        assertThat(AddressPatterns.of(List.of()).isEmpty()).isTrue();
    }
}
