package io.m365mail.sandbox;

import static io.m365mail.sandbox.SandboxFixture.ALERTS;
import static io.m365mail.sandbox.SandboxFixture.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.sandbox.SandboxMailbox.Access;
import io.m365mail.sandbox.SandboxMailbox.Basic;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AUTH at the submission endpoint, against reference section 3.3. */
class AuthenticationTest {
    private final SandboxClock clock = new SandboxClock();
    private Sandbox sandbox;
    private SandboxMailbox alerts;

    @BeforeEach
    void start() throws Exception {
        sandbox = SandboxFixture.start(clock);
        alerts = sandbox.mailbox(ALERTS, PASSWORD);
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    @Test
    void takesTheRightPasswordAndNoOther() throws Exception {
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authLogin(ALERTS, "wrong"))
                    .startsWith("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.")
                    .endsWith("]");
            assertThat(client.authLogin("nobody@contoso.com", PASSWORD))
                    .startsWith("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.");
            assertThat(client.authLogin("Alerts@Contoso.com", PASSWORD))
                    .isEqualTo("235 2.7.0 Authentication successful");
        }
        assertThat(sandbox.log().authAttempts())
                .extracting(SandboxEvents.AuthAttempt::succeeded)
                .containsExactly(false, false, true);
        assertThat(sandbox.log().authAttempts().toString())
                .doesNotContain(PASSWORD)
                .doesNotContain("wrong");
    }

    @ParameterizedTest
    @CsvSource({"PLAIN", "CRAM-MD5", "OAUTHBEARER"})
    void knowsNoOtherMechanism(String mechanism) throws Exception {
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.command("AUTH " + mechanism + " AGEAYg=="))
                    .isEqualTo("504 5.7.4 Unrecognized authentication type");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SMTP_AUTH_DISABLED, SmtpClientAuthentication is disabled for the Mailbox.",
        "SMTP_AUTH_DISABLED_FOR_TENANT, SmtpClientAuthentication is disabled for the Tenant.",
        "SECURITY_DEFAULTS, user is locked by your organization's security defaults policy",
        "CONDITIONAL_ACCESS, the request did not meet the criteria to be authenticated successfully."
    })
    void policiesRefusePasswordsAndTokensAlike(Access access, String sentence) throws Exception {
        alerts.access(access);
        String token = SandboxFixture.token(sandbox);
        try (var client = SmtpTestClient.tls(sandbox)) {
            String words = "535 5.7.139 Authentication unsuccessful, " + sentence;
            assertThat(client.authLogin(ALERTS, PASSWORD)).startsWith(words);
            assertThat(client.authToken(ALERTS, token)).startsWith(words);
        }
    }

    @Test
    void withoutBasicOnlyTokensDo() throws Exception {
        String token = SandboxFixture.token(sandbox);
        alerts.basic(Basic.DISABLED);
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authLogin(ALERTS, PASSWORD))
                    .startsWith("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.");
            alerts.basic(Basic.RETIRED);
            assertThat(client.authLogin(ALERTS, PASSWORD))
                    .startsWith("550 5.7.30 Basic authentication is not supported for Client Submission.");
            assertThat(client.authToken(ALERTS, token)).isEqualTo("235 2.7.0 Authentication successful");
        }
    }

    @Test
    void asksForTheTokenWithAnEmptyChallenge() throws Exception {
        String token = SandboxFixture.token(sandbox);
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.command("AUTH XOAUTH2").strip()).isEqualTo("334");
            String blob = "user=" + ALERTS + "\u0001auth=Bearer " + token + "\u0001\u0001";
            assertThat(client.command(SmtpTestClient.base64(blob))).isEqualTo("235 2.7.0 Authentication successful");
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
        }
    }

    @Test
    void refusesForeignRevokedAndExpiredTokens() throws Exception {
        sandbox.tokenLifetime(Duration.ofMinutes(60), Duration.ofMinutes(60));
        String refusal = "535 5.7.3 Authentication unsuccessful [";
        String first = SandboxFixture.token(sandbox);
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authToken(ALERTS, first.substring(0, first.length() - 4) + "AAAA"))
                    .startsWith(refusal);
            sandbox.revokeTokens();
            assertThat(client.authToken(ALERTS, first)).startsWith(refusal);
        }
        String second = SandboxFixture.token(sandbox);
        try (var client = SmtpTestClient.tls(sandbox)) {
            clock.advance(Duration.ofMinutes(60).minusMillis(1));
            assertThat(client.authToken(ALERTS, second)).startsWith("235");
        }
        try (var client = SmtpTestClient.tls(sandbox)) {
            clock.advance(Duration.ofMillis(1));
            assertThat(client.authToken(ALERTS, second)).startsWith(refusal);
        }
    }

    @Test
    void anAppOpensOnlyItsMailboxes() throws Exception {
        sandbox.mailbox("erp@contoso.com", PASSWORD);
        String token = SandboxFixture.token(sandbox);
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authToken("erp@contoso.com", token)).startsWith("535 5.7.3");
            assertThat(client.authToken(ALERTS, token)).startsWith("235");
        }
    }

    @Test
    void aMailboxTakenFromAnAppIsShutToTokensThatAreOut() throws Exception {
        SandboxApp app = sandbox.app("second").secret("s").mayUse(ALERTS);
        var form = new java.util.HashMap<>(SandboxFixture.secretForm());
        form.put("client_id", "second");
        form.put("client_secret", "s");
        String token = SandboxFixture.json(SandboxFixture.requestToken(sandbox, "contoso.com", form))
                .path("access_token")
                .asText();
        app.mayNotUse(ALERTS);
        try (var client = SmtpTestClient.tls(sandbox)) {
            assertThat(client.authToken(ALERTS, token)).startsWith("535 5.7.3");
        }
    }

    @Test
    void answersARefusedAuthLate() throws Exception {
        Duration delay = Duration.ofMillis(300);
        try (Sandbox slow = SandboxFixture.withMailbox(Sandbox.builder(SandboxFixture.folder())
                                .refusedAuthDelay(delay)
                                .build())
                        .start();
                var client = SmtpTestClient.tls(slow)) {
            long start = System.nanoTime();
            assertThat(client.authLogin(ALERTS, "wrong")).startsWith("535");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
        }
    }

    @Test
    void aChangedPasswordHoldsFromTheNextLogin() throws Exception {
        try (var client = SandboxFixture.logIn(sandbox);
                var next = SmtpTestClient.tls(sandbox)) {
            alerts.password("new");
            assertThat(client.send(ALERTS, "a@fabrikam.com")).startsWith("250");
            assertThat(next.authLogin(ALERTS, PASSWORD)).startsWith("535 5.7.139");
            assertThat(next.authLogin(ALERTS, "new")).startsWith("235");
        }
    }
}
