package io.m365mail.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.smtp.Stage;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of fault addresses. */
class AddressFaultTest {
    @ParameterizedTest
    @CsvSource({
        "tempfail@x.org, RCPT, 2147483647, 451, 4.7.500",
        "tempfail-3x@x.org, RCPT, 3, 451, 4.7.500",
        "TempFail-2x.450-4.7.230@x.org, RCPT, 2, 450, 4.7.230",
        "tempfail.421@x.org, RCPT, 2147483647, 421, ",
        "tempfail-2x.451-4.7.0.at-end+order7@x.org, END_OF_DATA, 2, 451, 4.7.0",
        "reject@x.org, RCPT, 2147483647, 550, 5.1.10",
        "reject.554-5.2.0.at-data@x.org, DATA, 2147483647, 554, 5.2.0",
        "tempfail-1x.421-4.3.2.at-mail@x.org, MAIL, 1, 421, 4.3.2",
        "busy-1x@x.org, END_OF_DATA, 1, 432, 4.3.2",
        "unknown+a.b@x.org, RCPT, 2147483647, 550, 5.4.1",
    })
    void readsReplies(String address, Stage stage, int times, int code, String enhanced) {
        AddressFault fault = AddressFault.of(address).orElseThrow();
        assertThat(fault.stage()).isEqualTo(stage);
        assertThat(fault.times()).isEqualTo(times);
        assertThat(fault.fault().reply().code()).isEqualTo(code);
        assertThat(fault.fault().reply().enhanced()).isEqualTo(enhanced);
        assertThat(fault.fault().reply().text()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "slow-3s@x.org, END_OF_DATA, 3000, NEVER",
        "slow-250ms-1x.at-rcpt@x.org, RCPT, 250, NEVER",
        "drop-at-rcpt@x.org, RCPT, 0, BEFORE",
        "drop-at-data-1x@x.org, DATA, 0, BEFORE",
        "drop-at-end@x.org, END_OF_DATA, 0, BEFORE",
        "drop-after-data+1@x.org, END_OF_DATA, 0, INSTEAD_OF_REPLY",
    })
    void readsDelaysAndDrops(String address, Stage stage, long millis, Fault.Drop drop) {
        AddressFault fault = AddressFault.of(address).orElseThrow();
        assertThat(fault.stage()).isEqualTo(stage);
        assertThat(fault.fault()).isEqualTo(new Fault(Duration.ofMillis(millis), null, drop));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@x.org", "busybody@x.org", "unknown.person@x.org", "rejected@x.org", "slow@x.org", "x"})
    void leavesOrdinaryAddressesAlone(String address) {
        assertThat(AddressFault.of(address)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tempfail.550@x.org",
                "reject.451-4.7.0@x.org",
                "tempfail-2@x.org",
                "reject.250@x.org",
                "drop-at-mail@x.org",
                "drop-at-rcpt.451@x.org",
                "slow-3@x.org",
                "slow-3m@x.org"
            })
    void saysThatItDoesNotUnderstandWhatLooksLikeAFault(String address) {
        assertThatThrownBy(() -> AddressFault.of(address)).isInstanceOf(IllegalArgumentException.class);
    }
}
