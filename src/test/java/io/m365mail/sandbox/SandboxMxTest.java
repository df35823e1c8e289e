package io.m365mail.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.testing.RawSmtpClient;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the tenant's MX, in plain SMTP dialogues; certificates are shown in WaysOutTest. */
class SandboxMxTest {
    private final SandboxClock clock = new SandboxClock();
    private Sandbox sandbox;
    private RawSmtpClient client;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(clock);
        client = connect("127.0.0.1");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        sandbox.close();
    }

    private RawSmtpClient connect(String from) throws Exception {
        var c = new RawSmtpClient(InetAddress.getByName(from), sandbox.mxPort());
        c.reply();
        assertThat(c.command("EHLO relay.contoso.com")).doesNotContain("AUTH");
        return c;
    }

    private static String rcpt(RawSmtpClient c, String from, String to) throws Exception {
        c.command("RSET");
        String mail = c.command("MAIL FROM:<" + from + ">");
        return mail.startsWith("250") ? c.command("RCPT TO:<" + to + ">") : mail;
    }

    @Test
    void withoutAConnectorOnlyTheTenantIsReached() throws Exception {
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("250 2.1.5");
        assertThat(rcpt(client, "x@example.org", "bob@contoso.com")).startsWith("250 2.1.5");
        assertThat(rcpt(client, "app@contoso.com", "bob@fabrikam.com")).startsWith("550 5.7.64 TenantAttribution");
    }

    @Test
    void aConnectorByAddressServesThatAddressAndSendersOfTheTenant() throws Exception {
        sandbox.mx().connector("office", "127.0.0.9");
        try (RawSmtpClient office = connect("127.0.0.9")) {
            assertThat(rcpt(office, "app@contoso.com", "bob@fabrikam.com")).startsWith("250");
            assertThat(rcpt(office, "app@example.org", "bob@fabrikam.com")).startsWith("550 5.7.64");
            assertThat(rcpt(office, "", "bob@fabrikam.com")).startsWith("550 5.7.64");
        }
        assertThat(rcpt(client, "app@contoso.com", "bob@fabrikam.com")).startsWith("550 5.7.64");
        sandbox.mx().removeConnectors();
        try (RawSmtpClient office = connect("127.0.0.9")) {
            assertThat(rcpt(office, "app@contoso.com", "bob@fabrikam.com")).startsWith("550 5.7.64");
        }
    }

    @Test
    void rejectDirectSendConcernsSendersOfTheTenantThatNoConnectorKnows() throws Exception {
        sandbox.mx().rejectDirectSend(true).connector("office", "127.0.0.9");
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com"))
                .startsWith("550 5.7.68 TenantInboundAttribution");
        assertThat(rcpt(client, "app@example.org", "bob@contoso.com")).startsWith("250");
        try (RawSmtpClient office = connect("127.0.0.9")) {
            assertThat(rcpt(office, "app@contoso.com", "bob@contoso.com")).startsWith("250");
        }
    }

    @Test
    void theDirectoryDecidesWhoExists() throws Exception {
        sandbox.mx().directory(List.of("Bob@contoso.com"));
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("250");
        assertThat(rcpt(client, "app@contoso.com", SandboxFixture.ALERTS)).startsWith("250");
        assertThat(rcpt(client, "app@contoso.com", "gone@contoso.com"))
                .startsWith("550 5.4.1 Recipient address rejected");
    }

    @Test
    void twoHundredOfOneDomainInATransaction() throws Exception {
        sandbox.mx().connector("all", "127.0.0.1");
        client.command("MAIL FROM:<app@contoso.com>");
        for (int i = 0; i < 200; i++) {
            assertThat(client.command("RCPT TO:<u" + i + "@contoso.com>")).startsWith("250");
        }
        assertThat(client.command("RCPT TO:<u200@contoso.com>")).startsWith("452 4.5.3 Too many recipients");
        assertThat(client.command("RCPT TO:<u200@fabrikam.com>")).startsWith("250");
    }

    @Test
    void busyIsToldAtMailAndPasses() throws Exception {
        sandbox.mx().busyAbove(2);
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("250");
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("250");
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com"))
                .startsWith("451 4.7.500 Server busy. Please try again later from [127.0.0.1]");
        clock.advance(java.time.Duration.ofSeconds(60));
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("250");
    }

    @Test
    void nobodyLogsInAndFaultsByAddressWork() throws Exception {
        assertThat(client.command("AUTH LOGIN")).startsWith("50");
        assertThat(rcpt(client, "app@contoso.com", "tempfail.451-4.7.500@contoso.com"))
                .startsWith("451 4.7.500");
        sandbox.script().onNext(io.m365mail.smtp.Stage.MAIL).reply("421 4.3.2 Service not active");
        assertThat(rcpt(client, "app@contoso.com", "bob@contoso.com")).startsWith("421 4.3.2");
    }
}
