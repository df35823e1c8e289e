package io.m365mail.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FromAddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a@x.org | a@x.org",
                "<a@x.org> | a@x.org",
                "Printer <a@x.org> | a@x.org",
                "\"Doe, John @ home\" <a@x.org> | a@x.org",
                "\"John \\\"J\\\" Doe\" <a@x.org> | a@x.org",
                "John (the @ man, really) <a@x.org> (office) | a@x.org",
                "=?utf-8?q?J=C3=B6rg?= <a@x.org> | a@x.org",
                "A <a@x.org>, b@x.org | a@x.org b@x.org",
                "\"a b\"@x.org | \"a b\"@x.org",
                "X <\"a,b\"@x.org> | \"a,b\"@x.org",
            })
    void readsAddresses(String field, String addresses) {
        assertThat(FromAddresses.parse(field)).containsExactly(addresses.split(" (?!b\")"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Printer",
                "Printer a@x.org",
                "a@x.org <a@x.org>",
                "Doe, John <a@x.org>",
                "Printer <a@x.org",
                "Printer <a>",
                "\"Printer <a@x.org>",
                "a@x.org,",
                "(a@x.org"
            })
    void refusesWhatExchangeOnlineDoes(String field) {
        assertThat(FromAddresses.parse(field)).isEmpty();
    }
}
