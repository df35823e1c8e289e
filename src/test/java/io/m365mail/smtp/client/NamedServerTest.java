package io.m365mail.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m365mail.smtp.Stage;
import java.net.Inet4Address;
import org.junit.jupiter.api.Test;

/** The addresses of a host by its name: IPv4 alone where a connector or the MX has to be met. */
class NamedServerTest {
    @Test
    void anIpv4OnlyTransportConnectsOverNothingElse() throws Exception {
        assertThat(new NamedServer("localhost", true).find().get(0).addresses())
                .isNotEmpty()
                .allMatch(Inet4Address.class::isInstance);
        assertThatThrownBy(() -> new NamedServer("::1", true).find())
                .isInstanceOfSatisfying(
                        SmtpFailure.class, e -> assertThat(e.stage()).isEqualTo(Stage.CONNECT));
    }

    @Test
    void othersTakeWhatThereIs() throws Exception {
        assertThat(new NamedServer("::1", false).find().get(0).addresses()).hasSize(1);
    }
}
